/* The smallest test harness: CHECK counts and reports, each test file has one entry function. */
#ifndef MACEMU_CHECK_H
#define MACEMU_CHECK_H

#include <stdbool.h>

void check(bool passed, const char *what, const char *file, int line);

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

/* A name for a shared-memory segment that no other process uses. */
const char *unique_segment(const char *purpose);

void test_line_buffer(void);
void test_keymap(void);
void test_shm(void);
void test_video(void);
void test_audio(void);
void test_messages(void);
void test_pace(void);

#endif
