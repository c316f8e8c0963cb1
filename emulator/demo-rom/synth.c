#include "synth.h"

volatile s16 synth_scope[SYNTH_SCOPE];

static const s16 quarter_sine[65] = {
    0,     804,   1608,  2410,  3212,  4011,  4808,  5602,  6393,  7179,  7962,  8739,  9512,
    10278, 11039, 11793, 12539, 13279, 14010, 14732, 15446, 16151, 16846, 17530, 18204, 18868,
    19519, 20159, 20787, 21403, 22005, 22594, 23170, 23731, 24279, 24811, 25329, 25832, 26319,
    26790, 27245, 27683, 28105, 28510, 28898, 29268, 29621, 29956, 30273, 30571, 30852, 31113,
    31356, 31580, 31785, 31971, 32137, 32285, 32412, 32521, 32609, 32678, 32728, 32757, 32767,
};

int sine(u32 angle) {
    u32 i = angle & 255;
    if (i < 64) {
        return quarter_sine[i];
    }
    if (i < 128) {
        return quarter_sine[128 - i];
    }
    return i < 192 ? -quarter_sine[i - 128] : -quarter_sine[256 - i];
}

/* Frequencies in 1/16 Hz, equal temperament: 220 Hz * 2^(note / 12). */
static const u16 frequencies[SYNTH_NOTES] = {
    3520,  3729,  3951,  4186,  4435,  4699,  4978,  5274,  5588,  5920,  6272,  6645,
    7040,  7459,  7902,  8372,  8870,  9397,  9956,  10548, 11175, 11840, 12544, 13290,
    14080, 14917, 15804, 16744, 17740, 18795, 19912, 21096, 22351, 23680, 25088, 26580,
};

static u32 rate = 44100;
static u32 phase, click_phase;
static volatile int note = SYNTH_FIRST_NOTE;
static volatile int amplitude = SYNTH_QUIET;
static volatile int click_amplitude;
static volatile bool muted;

void synth_start(u32 sample_rate) {
    rate = sample_rate != 0 ? sample_rate : 44100;
}

void synth_play(int new_note) {
    note = new_note;
    amplitude = SYNTH_LOUD;
}

void synth_click(void) {
    click_amplitude = SYNTH_LOUD / 2;
}

void synth_set_muted(bool value) {
    muted = value;
}

bool synth_is_muted(void) {
    return muted;
}

int synth_note(void) {
    return note;
}

int synth_frequency(void) {
    return (frequencies[note] + 8) >> 4;
}

int synth_amplitude(void) {
    return muted ? 0 : amplitude + click_amplitude;
}

/* Phase step per sample frame for a frequency in 1/16 Hz: a circle is 2^32. 2^28 / rate is exact to 0.02 %. */
static u32 step(u32 sixteenths) {
    u32 whole = 0x10000000u / rate, rest = 0x10000000u % rate;
    return sixteenths * whole + sixteenths * (rest >> 4) / (rate >> 4);
}

/* Between two table entries linearly, so that the tone is clean. */
static int wave(u32 at) {
    int left = sine(at >> 24), right = sine((at >> 24) + 1);
    return left + (((right - left) * (int) (at >> 16 & 255)) >> 8);
}

void synth_fill(s16 *frames, u32 count) {
    u32 tone_step = step(frequencies[note]), click_step = step(1200 * 16);
    int level = amplitude, click = click_amplitude;
    for (u32 i = 0; i < count; i++) {
        int value = (wave(phase) * level) >> 15;
        phase += tone_step;
        if (click > 0) {
            value += (wave(click_phase) * click) >> 15;
            click_phase += click_step;
        }
        if ((i & 63) == 63) { /* envelopes, every 1.5 ms: the note dies away in 1.5 s, the click in 60 ms */
            if (level > SYNTH_QUIET) {
                level -= ((level - SYNTH_QUIET) >> 8) + 1;
            }
            click -= (click >> 4) + 1;
            if (click < 0) {
                click = 0;
            }
        }
        if (muted) {
            value = 0;
        }
        frames[2 * i] = (s16) value;
        frames[2 * i + 1] = (s16) value;
        if (i < SYNTH_SCOPE) {
            synth_scope[i] = (s16) value;
        }
    }
    amplitude = level;
    click_amplitude = click;
}
