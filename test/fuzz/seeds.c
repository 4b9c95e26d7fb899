/* Runs a fuzz target without a fuzzer: over no bytes at all, then over each file of the folders
 * named as arguments. A crash or a sanitizer's report is the failure. */

#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0)
        err(1, "%s", path);
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

        if (data == MAP_FAILED)
            err(1, "%s", path);
        LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
        munmap(data, (size_t)st.st_size);
    }
    close(fd);
}

static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;

    if (!dir)
        err(1, "%s", folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[PATH_MAX];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        run_file(path);
        count++;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        count += run_folder(argv[i]);
    printf("%d seeds\n", count);
    return 0;
}
