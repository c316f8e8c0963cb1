/* Turns what a program presents into a published frame. Runs in the thread that presents. */
#ifndef MACEMU_FRAME_GRABBER_H
#define MACEMU_FRAME_GRABBER_H

#include <SDL.h>

/* The functions of the real SDL that the driver itself hooks. */
struct frame_grabber_sdl {
    SDL_Surface *(*get_window_surface)(SDL_Window *window);
};

void frame_grabber_start(struct frame_grabber_sdl sdl);

/* Publishes what the renderer has drawn so far. */
void frame_grabber_take_renderer(SDL_Renderer *renderer);

/* Publishes a window's surface. */
void frame_grabber_take_surface(const SDL_Surface *surface);

#endif
