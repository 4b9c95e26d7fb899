/* One table from errno to the kinds of failure. */

#include "sys/fault.h"

#include <ctype.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/text.h"

typedef struct ErrnoRow {
    int number;
    ErrorKind kind;
} ErrnoRow;

static const ErrnoRow rows[] = {
    {ENOENT, MISSING},     {ENOTDIR, MISSING},        {EACCES, DENIED},      {EPERM, DENIED},
    {EROFS, DENIED},       {EEXIST, CONFLICT},        {ENOTEMPTY, CONFLICT}, {EBUSY, CONFLICT},
    {ETXTBSY, CONFLICT},   {ENAMETOOLONG, INVALID},   {EINVAL, INVALID},     {ELOOP, INVALID},
    {EISDIR, INVALID},     {EXDEV, INVALID},          {ENOEXEC, INVALID},    {EMFILE, LIMITED},
    {ENFILE, LIMITED},     {EAGAIN, LIMITED},         {EFBIG, TOO_LARGE},    {E2BIG, TOO_LARGE},
    {ENOSYS, UNSUPPORTED}, {EOPNOTSUPP, UNSUPPORTED}, {EBADF, BUG},          {EFAULT, BUG},
};

static ErrorKind kind_of(int number)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].number == number)
            return rows[i].kind;
    return UNAVAILABLE;
}

Error *errno_error(Scope *s, int number, const char *format, ...)
{
    const char *about = strerrordesc_np(number);
    va_list args;

    if (!about)
        about = text(s, "error %d", number);
    /* "No such file" becomes "no such file"; "RPC …" stays. */
    bool sentence = about[0] && islower((unsigned char)about[1]);
    int first = sentence ? tolower((unsigned char)about[0]) : about[0];
    va_start(args, format);
    Error *e = error_new(s, kind_of(number), "%s: %c%s", text_v(s, format, args), first, about + 1);
    va_end(args);
    return e;
}

static void close_one(void *fd)
{
    close((int)(intptr_t)fd);
}

void close_with(Scope *s, int fd)
{
    scope_undo(s, close_one, (void *)(intptr_t)fd);
}
