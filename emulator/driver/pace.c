#include "pace.h"

#include <pthread.h>
#include <time.h>

#include "video.h"

/* A Mac's tick, 1/60.15 s, and the period of the threads that follow it. */
#define TICK_US 16625u

/*
 * So long before a tick the thread looks at the picture: enough to copy a whole screen of 1024x768, even when it is
 * woken late.
 */
#define LEAD_US 3000u

/* Looks that input asks for are so far apart at least: a flood of mouse moves costs no more than that. */
#define REST_US 4000u

/* After so long without a tick the guest stands still, and the program's own clock is all there is to follow. */
#define STOPPED_US (4u * TICK_US)

static struct {
    pthread_once_t once;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool input;
    bool pumped;
    pthread_t pumping;
    uint64_t tick_us;
} pace = {.once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER};

static __thread bool fetching;
static __thread uint64_t looked_us;

static void start(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pace.woken, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void lock(void) {
    pthread_once(&pace.once, start);
    pthread_mutex_lock(&pace.lock);
}

static void unlock(void) {
    pthread_mutex_unlock(&pace.lock);
}

void pace_tick(void) {
    lock();
    pace.pumping = pthread_self();
    pace.pumped = true;
    pace.tick_us = monotonic_us();
    unlock();
}

void pace_fetch(void) {
    lock();
    fetching = pace.pumped && !pthread_equal(pace.pumping, pthread_self());
    if (fetching) {
        pace.input = false;
        looked_us = monotonic_us();
    }
    unlock();
}

void pace_input(void) {
    lock();
    pace.input = true;
    pthread_cond_signal(&pace.woken);
    unlock();
}

/*
 * The program counts its periods on a clock of its own, which an early look puts ahead: so it would sleep longer and
 * longer, did it get what it asks for. It gets a period at most. Called with the lock held.
 */
static uint64_t next_look(uint64_t now, uint64_t requested_us) {
    if (now - pace.tick_us > STOPPED_US) {
        return now + (requested_us < TICK_US ? requested_us : TICK_US);
    }
    uint64_t look = pace.tick_us + TICK_US - LEAD_US;
    while (look <= now) {
        look += TICK_US;
    }
    return look;
}

static void unlock_at_cancel(void *unused) {
    (void) unused;
    unlock();
}

/* Programs end their threads by cancelling them, which this is a place for: the lock must not stay behind. */
static void wait_until(uint64_t time_us) {
    struct timespec until = {
        .tv_sec = (time_t) (time_us / 1000000u),
        .tv_nsec = (long) (time_us % 1000000u * 1000u),
    };
    pthread_cleanup_push(unlock_at_cancel, NULL);
    pthread_cond_timedwait(&pace.woken, &pace.lock, &until);
    pthread_cleanup_pop(0);
}

bool pace_sleep(uint64_t requested_us) {
    if (!fetching) {
        return false;
    }
    lock();
    uint64_t now = monotonic_us(), look = next_look(now, requested_us), rested = looked_us + REST_US;
    while (now < look && !(pace.input && now >= rested)) {
        wait_until(pace.input && rested < look ? rested : look);
        now = monotonic_us();
    }
    if (pace.input) {
        /*
         * The thread looks now. A program does not fetch its picture every time, such as during a change of mode:
         * input that stayed would keep it from sleeping.
         */
        pace.input = false;
        looked_us = now;
    }
    unlock();
    return true;
}
