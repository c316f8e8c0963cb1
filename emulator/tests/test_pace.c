#include "pace.h"

#include <pthread.h>
#include <stdint.h>

#include "check.h"

#define HOUR_US 3600000000u

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

static void run(void *(*function)(void *)) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

void test_pace(void) {
    run(one_thread);
    pace_tick();
    run(thread_for_events);
    CHECK(!pace_sleep(HOUR_US)); /* the thread that pumps */
}
