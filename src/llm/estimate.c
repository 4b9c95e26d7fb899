/* Tokens by the shape of the text. Byte-pair vocabularies keep common words with the space before
 * them, cut long words and names, numbers by three digits, and punctuation by ones and twos. */

#include "llm/estimate.h"

#include <ctype.h>

typedef struct Shape {
    int64_t hundredths; /* of a token */
    size_t letters, digits, spaces, marks;
} Shape;

static void end_runs(Shape *shape)
{
    /* A word is a token up to seven letters, then one more for each five. */
    if (shape->letters)
        shape->hundredths += 100 + (shape->letters > 7 ? (int64_t)(shape->letters - 7) * 20 : 0);
    shape->hundredths += (int64_t)((shape->digits + 2) / 3) * 100;
    shape->hundredths += (int64_t)shape->marks * 60;
    /* One space belongs to the word behind it; a longer run or a line break is a token. */
    if (shape->spaces > 1)
        shape->hundredths += 100;
    shape->letters = shape->digits = shape->spaces = shape->marks = 0;
}

static void count_ascii(Shape *shape, unsigned char c, unsigned char before)
{
    bool letter = isalpha(c), digit = isdigit(c), space = isspace(c);
    bool hump = isupper(c) && islower(before); /* camelCase is two words */

    if ((letter && (!shape->letters || hump)) || (digit && !shape->digits) ||
        (space && !shape->spaces) || (!letter && !digit && !space && !shape->marks))
        end_runs(shape);
    if (letter)
        shape->letters++;
    else if (digit)
        shape->digits++;
    else if (space)
        shape->spaces += c == '\n' ? 2 : 1;
    else
        shape->marks++;
}

int64_t estimate_tokens(Bytes utf8)
{
    Shape shape = {0};
    unsigned char before = 0;

    for (size_t i = 0; i < utf8.size; i++) {
        unsigned char c = (unsigned char)utf8.data[i];
        if (c < 0x80) {
            count_ascii(&shape, c, before);
        } else if (c >= 0xC0) { /* the first byte of a character */
            end_runs(&shape);
            shape.hundredths += c >= 0xF0 ? 200 : c >= 0xE0 ? 90 : 45;
        }
        before = c;
    }
    end_runs(&shape);
    int64_t tokens = (shape.hundredths + 99) / 100;
    return tokens || !utf8.size ? tokens : 1;
}
