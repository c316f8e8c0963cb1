/*
 * Whether the Mac runs, and what comes next:
 *
 *   STOPPED ----restart----> RUNNING --exit 0--> STOPPED        (the Mac was switched off)
 *                             |   |---exit 75--> RUNNING        (asked to be started again)
 *                             |   |---ERROR----> FAILED         (restart tries again)
 *                             |   |---crash----> WAITING ---> RUNNING, five times in a row, then FAILED
 *                             '---restart/shutdown---> ENDING ---> RUNNING/STOPPED
 *
 * Each change is told to the server by a status message. Owns the emulator; used by the agent's one thread.
 */
#ifndef MACEMU_LIFECYCLE_H
#define MACEMU_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator.h"
#include "options.h"

/* Starts the emulator for the first time. */
void lifecycle_start(const struct options *options);

/* Ends the emulator, with grace, and starts it again when `restart`. Starts it when it is not running. */
void lifecycle_end(bool restart);

/* Ends it at once, as the reset button of a Mac does, and starts it again. */
void lifecycle_reset(void);

/* The agent is about to leave: the emulator ends and nothing starts it again. The second call is without grace. */
void lifecycle_leave(void);
bool lifecycle_has_left(void);

/* A child has ended. */
void lifecycle_reap(void);

/* When to call lifecycle_watch() at the latest (now_ms()), UINT64_MAX for never. */
uint64_t lifecycle_deadline(void);
void lifecycle_watch(void);

/* Running, and neither restarting nor stopping. */
bool lifecycle_is_running(void);

struct emulator *lifecycle_emulator(void);

/* A line for the driver. False when it cannot take it. */
bool lifecycle_tell_driver(const char *line);

void lifecycle_send_status(int fps);

#endif
