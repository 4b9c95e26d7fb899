/* Text, bytes, UTF-8, base64, hex, buffers. */

#include "test/test.h"

TEST(bad_bytes_become_replacement_characters)
{
    bool lossy;

    CHECK_TEXT(text_clean(s, BYTES("a\xff\xe3\x81\x82\0z"), &lossy),
               "a\xef\xbf\xbd\xe3\x81\x82\xef\xbf\xbdz");
    CHECK(lossy);
    CHECK_TEXT(text_clean(s, BYTES("\xe6\x97\xa5"), &lossy), "\xe6\x97\xa5");
    CHECK(!lossy);
    return OK;
}

TEST(utf8_is_checked_strictly)
{
    CHECK(utf8_valid(BYTES("\xf0\x9f\x98\x80 ok")));
    CHECK(!utf8_valid(BYTES("\xc0\xaf")));
    CHECK(!utf8_valid(BYTES("\xe0\x80\x80")));
    CHECK(!utf8_valid(BYTES("\xed\xa0\x80")));
    CHECK(!utf8_valid(BYTES("\xf4\x90\x80\x80")));
    CHECK(!utf8_valid(BYTES("\xe3\x81")));
    return OK;
}

TEST(wide_characters_take_two_columns)
{
    CHECK_EQ(utf8_columns("ab"), 2);
    CHECK_EQ(utf8_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4);
    CHECK_EQ(utf8_columns("e\xcc\x81"), 1);
    return OK;
}

TEST(base64_and_hex_go_there_and_back_and_refuse_nonsense)
{
    Bytes out;

    CHECK_TEXT(base64(s, BYTES("\xff\xfe")), "//4=");
    CHECK_TEXT(base64url(s, BYTES("\xff\xfe")), "__4");
    CHECK(base64_decode(s, "//4=", &out) && bytes_equal(out, BYTES("\xff\xfe")));
    CHECK(base64url_decode(s, "__4", &out) && bytes_equal(out, BYTES("\xff\xfe")));
    CHECK(!base64_decode(s, "//4", &out));
    CHECK(!base64_decode(s, "//5=", &out));
    CHECK(!base64_decode(s, "/ 4=", &out));
    CHECK(hex_decode(s, "00fF", &out) && bytes_equal(out, BYTES("\0\xff")));
    CHECK(!hex_decode(s, "0g", &out) && !hex_decode(s, "0", &out));
    return OK;
}

TEST(lines_and_parts_come_apart_in_order)
{
    Bytes rest = BYTES("one\r\ntwo\n\nlast"), line;
    TextList parts = text_split(s, ",a,,b", ',');

    CHECK(bytes_line(&rest, &line) && bytes_equal(line, BYTES("one\r")));
    CHECK(bytes_line(&rest, &line) && bytes_equal(line, BYTES("two")));
    CHECK(bytes_line(&rest, &line) && line.size == 0);
    CHECK(bytes_line(&rest, &line) && bytes_equal(line, BYTES("last")));
    CHECK(!bytes_line(&rest, &line));
    CHECK_EQ(parts.count, 4);
    CHECK_TEXT(text_join(s, &parts, "|"), "|a||b");
    return OK;
}

TEST(numbers_are_read_whole_or_not_at_all)
{
    int64_t n;

    CHECK(text_integer("-42", -100, 100, &n) && n == -42);
    CHECK(!text_integer("42x", 0, 100, &n));
    CHECK(!text_integer(" 42", 0, 100, &n));
    CHECK(!text_integer("101", 0, 100, &n));
    CHECK(!text_integer("99999999999999999999", INT64_MIN, INT64_MAX, &n));
    CHECK(!text_integer("", 0, 100, &n));
    return OK;
}

TEST(a_buffer_grows_drops_and_stays_terminated)
{
    Buffer b = buffer_in(s);

    for (int i = 0; i < 50000; i++)
        buffer_format(&b, "%d,", i % 10);
    CHECK_EQ(b.size, 100000);
    buffer_drop(&b, 99996);
    CHECK_TEXT(buffer_string(&b), "8,9,");
    buffer_clear(&b);
    CHECK_TEXT(buffer_string(&b), "");
    return OK;
}

TEST(cutting_and_trimming_respect_characters)
{
    CHECK_TEXT(text_head(s, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 2),
               "\xe6\x97\xa5\xe6\x9c\xac...");
    CHECK_TEXT(text_head(s, "ab", 2), "ab");
    CHECK_TEXT(text_trim(s, " \t a b \n"), "a b");
    CHECK(text_matches(".env.local", ".env.*") && !text_matches("env", ".env"));
    CHECK(bytes_equal_secretly(BYTES("abc"), BYTES("abc")) &&
          !bytes_equal_secretly(BYTES("abc"), BYTES("ab")));
    return OK;
}
