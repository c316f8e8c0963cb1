/*
 * When a program looks at its events and at its picture.
 *
 * Basilisk II and SheepShaver have a thread of their own for both: 60 times a second, by the clock, it fetches SDL's
 * events and copies what the guest has drawn. Another thread shows that copy at each tick of the guest, which is as
 * long as a period but not in step. Left alone, input waits up to a period until it is fetched, and what is drawn up to
 * two until it is shown. So the driver wakes that thread when there is input, and has it look shortly before each tick:
 *
 *   tick                          input             tick                              tick
 *    |                       |      |          |     |                          |      |
 *    +-- guest draws --------+------+----------+-----+--------------------------+------+--->
 *    |                     look   look       look    |                        look     |
 *  shown                          fetched           shown                            shown
 *
 * A program that fetches and shows in one thread is left alone.
 */
#ifndef MACEMU_PACE_H
#define MACEMU_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* The calling thread pumps events, which emulators do at each tick of the guest, before they show the picture. */
void pace_tick(void);

/* The calling thread is about to fetch the events that are there. */
void pace_fetch(void);

/* There is an event to fetch. Any thread. */
void pace_input(void);

/*
 * Sleeps in place of a thread that fetches events, until it is to look at them again.
 *
 * requested_us: how long it wants to sleep
 * returns false, at once, for every other thread
 */
bool pace_sleep(uint64_t requested_us);

#endif
