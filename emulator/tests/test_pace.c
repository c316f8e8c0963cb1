#include "pace.h"

#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "check.h"
#include "video.h"

#define HOUR_US 3600000000u
#define TICK_US 16625u

/* A program that does everything in one thread is left alone. */
static void *one_thread(void *unused) {
    (void) unused;
    CHECK(!pace_sleep(HOUR_US));
    pace_fetch();
    CHECK(!pace_sleep(HOUR_US));
    pace_tick();
    pace_fetch();
    CHECK(!pace_sleep(HOUR_US));
    return NULL;
}

/* However long it wants to sleep: it is to look again within a tick, and once per input. */
static void *thread_for_events(void *unused) {
    (void) unused;
    for (int i = 0; i < 3; i++) {
        pace_fetch();
        CHECK(pace_sleep(HOUR_US));
        pace_fetch();
        pace_input();
        CHECK(pace_sleep(HOUR_US));
        pace_fetch();
        CHECK(pace_sleep(0));
    }
    return NULL;
}

/* It looks once for an input, even when it does not fetch: it must not spin. Being late only makes it longer. */
static void *thread_that_does_not_fetch(void *unused) {
    (void) unused;
    pace_fetch();
    pace_input();
    CHECK(pace_sleep(HOUR_US));
    uint64_t start = monotonic_us();
    for (int i = 0; i < 8; i++) {
        CHECK(pace_sleep(HOUR_US));
    }
    CHECK(monotonic_us() - start > 5 * TICK_US);
    return NULL;
}

static void *thread_that_sleeps(void *unused) {
    (void) unused;
    pace_fetch();
    for (;;) {
        pace_sleep(HOUR_US);
    }
    return NULL;
}

/* Its only place to be cancelled at is inside the sleep; who comes next gets the lock. */
static void test_cancel(void) {
    pthread_t thread;
    void *result = NULL;
    CHECK(pthread_create(&thread, NULL, thread_that_sleeps, NULL) == 0);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
    alarm(60); /* ends the program where the lock is held */
    pace_input();
    alarm(0);
}

static void run(void *(*function)(void *)) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

void test_pace(void) {
    run(one_thread);
    pace_tick();
    run(thread_for_events);
    run(thread_that_does_not_fetch);
    test_cancel();
    CHECK(!pace_sleep(HOUR_US)); /* the thread that pumps */
}
