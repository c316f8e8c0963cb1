#include "frame_grabber.h"

#include <stdint.h>
#include <string.h>

#include "log.h"
#include "video.h"

static struct frame_grabber_sdl sdl;
static char last_complaint[256];

void frame_grabber_start(struct frame_grabber_sdl functions) {
    sdl = functions;
}

/* Pixels of value 0x..RRGGBB to bytes R, G, B, 255; the compiler makes vector code of these two loops. */
static void convert_xrgb(const uint32_t *restrict from, uint32_t *restrict to, int count) {
    for (int i = 0; i < count; i++) {
        uint32_t pixel = from[i];
        to[i] = 0xff000000u | (pixel & 0x0000ff00u) | (pixel >> 16 & 0xffu) | (pixel & 0xffu) << 16;
    }
}

static void make_opaque(uint32_t *pixels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pixels[i] |= 0xff000000u;
    }
}

static bool copy_surface(const SDL_Surface *surface, uint8_t *frame) {
    int width = surface->w, height = surface->h;
    switch (surface->format->format) {
        case SDL_PIXELFORMAT_RGB888:
        case SDL_PIXELFORMAT_ARGB8888:
            for (int y = 0; y < height; y++) {
                convert_xrgb((const uint32_t *) ((const uint8_t *) surface->pixels + (size_t) y * surface->pitch),
                             (uint32_t *) (frame + (size_t) y * width * 4u), width);
            }
            return true;
        default:
            if (SDL_ConvertPixels(width, height, surface->format->format, surface->pixels, surface->pitch,
                                  SDL_PIXELFORMAT_ABGR8888, frame, width * 4) != 0) {
                log_once(last_complaint, "a surface in %s is not published: %s",
                         SDL_GetPixelFormatName(surface->format->format), SDL_GetError());
                return false;
            }
            make_opaque((uint32_t *) frame, (size_t) width * (size_t) height);
            return true;
    }
}

void frame_grabber_take_surface(const SDL_Surface *surface) {
    if (surface == NULL || surface->pixels == NULL) {
        return;
    }
    uint8_t *frame = video_begin_frame(surface->w, surface->h);
    if (frame != NULL) {
        video_end_frame(surface->w, surface->h, copy_surface(surface, frame));
    }
}

/* The software renderer draws into its window's surface: reading it there saves SDL's own copy. */
static const SDL_Surface *software_surface(SDL_Renderer *renderer) {
    SDL_RendererInfo info;
    if (SDL_GetRendererInfo(renderer, &info) != 0 || (info.flags & SDL_RENDERER_SOFTWARE) == 0
            || SDL_RenderFlush(renderer) != 0) {
        return NULL;
    }
    SDL_Window *window = SDL_RenderGetWindow(renderer);
    return window != NULL ? sdl.get_window_surface(window) : NULL;
}

static void read_back(SDL_Renderer *renderer) {
    int width, height;
    SDL_Texture *target = SDL_GetRenderTarget(renderer);
    if (target != NULL) {
        SDL_SetRenderTarget(renderer, NULL);
    }
    if (SDL_GetRendererOutputSize(renderer, &width, &height) == 0) {
        uint8_t *frame = video_begin_frame(width, height);
        if (frame != NULL) {
            /* In a logical coordinate system a NULL rectangle would be its viewport only. */
            int logical_width, logical_height;
            SDL_RenderGetLogicalSize(renderer, &logical_width, &logical_height);
            if (logical_width != 0) {
                SDL_RenderSetLogicalSize(renderer, 0, 0);
            }
            bool complete = SDL_RenderReadPixels(renderer, NULL, SDL_PIXELFORMAT_ABGR8888, frame, width * 4) == 0;
            if (logical_width != 0) {
                SDL_RenderSetLogicalSize(renderer, logical_width, logical_height);
            }
            if (complete) {
                make_opaque((uint32_t *) frame, (size_t) width * (size_t) height);
            } else {
                log_once(last_complaint, "the renderer cannot be read: %s", SDL_GetError());
            }
            video_end_frame(width, height, complete);
        }
    }
    if (target != NULL) {
        SDL_SetRenderTarget(renderer, target);
    }
}

void frame_grabber_take_renderer(SDL_Renderer *renderer) {
    const SDL_Surface *surface = software_surface(renderer);
    if (surface != NULL) {
        frame_grabber_take_surface(surface);
    } else {
        read_back(renderer);
    }
}
