#include "piano.h"

#include "desktop.h"
#include "draw.h"
#include "synth.h"

#define WIDTH 226
#define HEIGHT 130
#define WHITE_KEYS 21
#define WHITE_WIDTH 10
#define WHITE_HEIGHT 46
#define BLACK_HEIGHT 28
#define KEYS_X ((WIDTH - WHITE_KEYS * WHITE_WIDTH) / 2)
#define KEYS_Y (HEIGHT - WHITE_HEIGHT - 6)
#define SCOPE_Y 30
#define SCOPE_HEIGHT 40
#define LEDS 16

static const char *const names[12] = {"A", "A#", "B", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#"};

/* Place of each note within the octave from A: position of a white key, or of the one left of a black key. */
static const u8 white_position[12] = {0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6};
static const bool is_black[12] = {false, true, false, false, true, false, true, false, false, true, false, true};

static bool playing;
static int shown_note = -1;

static void draw(Rect content);
static void press(int x, int y);
static void drag(int x, int y);
static void release(void);

static const WindowContent content_of_window = {draw, press, drag, release};
static Window window = {"Piano", {400, 214, 228, 150}, true, &content_of_window};

void piano_start(void) {
    desktop_add(&window);
}

void piano_show(void) {
    window_show(&window);
}

void piano_invalidate(void) {
    window_invalidate(&window);
}

static Rect key_rect(int note) {
    int x = KEYS_X + (note / 12 * 7 + white_position[note % 12]) * WHITE_WIDTH;
    return is_black[note % 12] ? (Rect){x + WHITE_WIDTH - 3, KEYS_Y, 6, BLACK_HEIGHT}
                               : (Rect){x, KEYS_Y, WHITE_WIDTH + 1, WHITE_HEIGHT};
}

static int note_at(int x, int y) {
    for (int black = 1; black >= 0; black--) {
        for (int note = 0; note < SYNTH_NOTES; note++) {
            if (is_black[note % 12] == (black != 0) && rect_has(key_rect(note), x, y)) {
                return note;
            }
        }
    }
    return -1;
}

static void drag(int x, int y) {
    int note = playing ? note_at(x, y) : -1;
    if (note >= 0 && note != synth_note()) {
        synth_play(note);
    }
}

static void press(int x, int y) {
    int note = note_at(x, y);
    playing = note >= 0;
    if (playing) {
        synth_play(note);
    }
}

static void release(void) {
    playing = false;
}

void piano_follow(u32 frame) {
    int note = synth_note();
    if (note != shown_note) {
        shown_note = note;
        window_invalidate_part(&window, (Rect){0, 0, WIDTH, HEIGHT});
    } else if ((frame & 1) == 0) {
        window_invalidate_part(&window, (Rect){0, 0, WIDTH, SCOPE_Y + SCOPE_HEIGHT});
    }
}

static void draw_note(Rect content) {
    char text[40];
    int note = synth_note();
    /* Octaves begin at C, three semitones above A. */
    char *end = write_text(text, names[note % 12]);
    end = write_number(end, (u32) (note + 9) / 12 + 3, 1);
    end = write_text(end, "   ");
    end = write_number(end, (u32) synth_frequency(), 1);
    write_text(end, synth_is_muted() ? " Hz (off)" : " Hz");
    draw_text(content.x + 8, content.y + 9, text, BOLD, 0x202040);
}

static void draw_level(Rect content) {
    int lit = synth_amplitude() * LEDS / 12288;
    for (int i = 0; i < LEDS; i++) {
        u32 on = i < 9 ? 0x30b048 : i < 13 ? 0xf0b020 : 0xe03030;
        fill_rect((Rect){content.x + 112 + 7 * i, content.y + 9, 5, 12}, i < lit ? on : 0xc8ccd8);
    }
}

static void draw_scope(Rect content) {
    Rect glass = {content.x + 8, content.y + SCOPE_Y, WIDTH - 16, SCOPE_HEIGHT};
    fill_rect(glass, 0x102018);
    fill_rect((Rect){glass.x, glass.y + SCOPE_HEIGHT / 2, glass.w, 1}, 0x284838);
    /* Begin at a rising zero crossing, so that the wave stands still. */
    int start = 1;
    while (start < SYNTH_SCOPE / 4 && !(synth_scope[start - 1] < 0 && synth_scope[start] >= 0)) {
        start++;
    }
    int last = 0;
    for (int x = 0; x < glass.w && start + x * 3 / 4 < SYNTH_SCOPE; x++) {
        int y = glass.y + SCOPE_HEIGHT / 2 - synth_scope[start + x * 3 / 4] * (SCOPE_HEIGHT / 2 - 2) / 12288;
        if (x > 0) {
            draw_line(glass.x + x - 1, last, glass.x + x, y, 0x58f088);
        }
        last = y;
    }
}

static void draw_keys(Rect content) {
    int sounding = synth_note();
    for (int black = 0; black <= 1; black++) {
        for (int note = 0; note < SYNTH_NOTES; note++) {
            if (is_black[note % 12] != (black != 0)) {
                continue;
            }
            Rect key = key_rect(note);
            key.x += content.x;
            key.y += content.y;
            fill_rect(key, note == sounding ? 0xff7060 : black != 0 ? 0x202020 : WHITE);
            frame_rect(key, BLACK);
        }
    }
}

static void draw(Rect content) {
    fill_rect(content, 0xe6e6f0);
    draw_note(content);
    draw_level(content);
    draw_scope(content);
    draw_keys(content);
}
