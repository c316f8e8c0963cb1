#include "line_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define MAX_LINES 8

static struct {
    size_t count;
    size_t length[MAX_LINES];
    bool too_long[MAX_LINES];
    char text[MAX_LINES][32];
} seen;

static void remember(void *context, const char *line, size_t length) {
    (void) context;
    if (seen.count < MAX_LINES) {
        seen.length[seen.count] = length;
        seen.too_long[seen.count] = line == NULL;
        if (line != NULL) {
            memcpy(seen.text[seen.count], line, length < 31 ? length : 31);
        }
        seen.count++;
    }
}

static struct line_buffer buffer;

static void feed(const char *bytes, size_t count) {
    line_buffer_feed(&buffer, bytes, count, remember, NULL);
}

static void start(void) {
    memset(&seen, 0, sizeof seen);
    line_buffer_reset(&buffer);
}

static void byte_by_byte(void) {
    start();
    const char text[] = "first\n\nthird\nunfinished";
    for (size_t i = 0; i < strlen(text); i++) {
        feed(text + i, 1);
    }
    CHECK(seen.count == 3);
    CHECK(strcmp(seen.text[0], "first") == 0);
    CHECK(seen.length[1] == 0);
    CHECK(strcmp(seen.text[2], "third") == 0);
    feed("!\n", 2);
    CHECK(seen.count == 4);
    CHECK(strcmp(seen.text[3], "unfinished!") == 0);
}

static void binary(void) {
    start();
    feed("a\0b\xff\n", 5);
    CHECK(seen.count == 1);
    CHECK(seen.length[0] == 4);
    CHECK(memcmp(seen.text[0], "a\0b\xff", 4) == 0);
}

static void longest_and_too_long(void) {
    static char text[3 * MACEMU_MAX_LINE];
    memset(text, 'x', sizeof text);
    start();
    text[MACEMU_MAX_LINE - 1] = '\n'; /* exactly 64 KiB with its newline */
    feed(text, MACEMU_MAX_LINE);
    CHECK(seen.count == 1);
    CHECK(!seen.too_long[0]);
    CHECK(seen.length[0] == MACEMU_MAX_LINE - 1);

    start();
    text[MACEMU_MAX_LINE - 1] = 'x';
    feed(text, sizeof text); /* far too long, still without a newline: reported once */
    feed(text, sizeof text);
    CHECK(seen.count == 1);
    CHECK(seen.too_long[0]);
    feed("rest\nnext\n", 10);
    CHECK(seen.count == 2);
    CHECK(strcmp(seen.text[1], "next") == 0);
}

static void any_fragmentation(void) {
    const char text[] = "one\ntwo\n\nfour and more\n5\n";
    srand(1);
    for (int round = 0; round < 200; round++) {
        start();
        for (size_t at = 0; at < strlen(text);) {
            size_t piece = (size_t) rand() % 7 + 1;
            if (piece > strlen(text) - at) {
                piece = strlen(text) - at;
            }
            feed(text + at, piece);
            at += piece;
        }
        CHECK(seen.count == 5 && strcmp(seen.text[3], "four and more") == 0 && strcmp(seen.text[4], "5") == 0);
    }
}

void test_line_buffer(void) {
    byte_by_byte();
    binary();
    longest_and_too_long();
    any_fragmentation();
}
