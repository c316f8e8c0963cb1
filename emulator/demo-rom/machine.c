#include "machine.h"

#include "synth.h"

#define LOW8(address) (*(volatile u8 *) (address))
#define LOW16(address) (*(volatile u16 *) (address))
#define LOW32(address) (*(volatile u32 *) (address))

/* Low memory of the classic Mac OS. */
#define EVENT_QUEUE_HEAD 0x14c
#define TICKS 0x16a
#define TIME 0x20c
#define MOUSE_V 0x828
#define MOUSE_H 0x82a
#define ADB_BASE 0xcf8
#define WARM_START 0xcfc

void aline_entry(void);
void interrupt_entry(void);
void keyboard_entry(void);
void mouse_entry(void);
void ignore_entry(void);

/* ---- emulator instructions ---- */

typedef enum { VIDEO_OPEN, VIDEO_CONTROL, VIDEO_STATUS } VideoCall;

static s16 video_call(VideoCall call, void *parameters, void *device) {
    register void *a0 asm("a0") = parameters;
    register void *a1 asm("a1") = device;
    register u32 d0 asm("d0") = 0;
    switch (call) {
        case VIDEO_OPEN:
            asm volatile(".short 0x7118" : "+r"(d0), "+r"(a0), "+r"(a1)::"memory", "d1", "d2");
            break;
        case VIDEO_CONTROL:
            asm volatile(".short 0x7119" : "+r"(d0), "+r"(a0), "+r"(a1)::"memory", "d1", "d2");
            break;
        case VIDEO_STATUS:
            asm volatile(".short 0x711a" : "+r"(d0), "+r"(a0), "+r"(a1)::"memory", "d1", "d2");
            break;
    }
    return (s16) d0;
}

static u32 audio_call(void *parameters) {
    register void *a3 asm("a3") = parameters;
    register u32 a4 asm("a4") = 0;
    register u32 d0 asm("d0") = 0;
    asm volatile(".short 0x712d" : "+r"(d0), "+r"(a3), "+r"(a4)::"memory", "d1", "d2");
    return d0;
}

/* ---- display ---- */

static u8 parameter_block[64], device_control[64], video_parameters[64];

static void put16(u8 *at, u16 value) {
    *(u16 *) at = value;
}

static void put32(u8 *at, u32 value) {
    *(u32 *) at = value;
}

static u32 get32(const u8 *at) {
    return *(const u32 *) at;
}

static s16 video(VideoCall call, u16 code) {
    put16(parameter_block + 26, code);
    put32(parameter_block + 28, (u32) video_parameters);
    return video_call(call, parameter_block, device_control);
}

static void open_display(Screen *screen) {
    device_control[41] = 0x80; /* the id of the first display, or of the second numbering */
    if (video_call(VIDEO_OPEN, parameter_block, device_control) != 0) {
        device_control[41] = 0x81;
        video_call(VIDEO_OPEN, parameter_block, device_control);
    }
    put32(video_parameters, 0);
    video(VIDEO_STATUS, 17); /* GetNextResolution */
    screen->width = (int) get32(video_parameters + 8);
    screen->height = (int) get32(video_parameters + 12);
    put16(video_parameters, 0x85); /* 32 bits per pixel */
    put16(video_parameters + 6, 0);
    video(VIDEO_CONTROL, 2); /* SetMode */
    put16(video_parameters + 6, 0);
    video(VIDEO_STATUS, 5); /* GetBaseAddress */
    screen->pixels = (u32 *) get32(video_parameters + 8);
    screen->stride = screen->width;
}

/* ---- events ---- */

#define QUEUE 64 /* a power of two; a person makes a few events per tick at most */

static volatile Event queue[QUEUE];
static volatile u32 queued, taken;
static volatile bool power_pressed;
static u16 seen_x, seen_y; /* where the program saw the mouse last */

static void enqueue(EventKind kind, u8 key) {
    if (queued - taken < QUEUE) {
        volatile Event *event = &queue[queued % QUEUE];
        event->kind = kind;
        event->key = key;
        event->x = (s16) LOW16(MOUSE_H);
        event->y = (s16) LOW16(MOUSE_V);
        queued++;
        LOW32(EVENT_QUEUE_HEAD) = 1; /* while this is not zero, the emulator does not sleep in machine_idle() */
    }
}

/* Two key codes per packet; bit 7 is set when the key was released, 0xff is none. */
void keyboard_packet(const u8 *packet) {
    for (int i = 1; i <= 2 && i <= packet[0]; i++) {
        u8 code = packet[i];
        if (code == 0x7f) {
            power_pressed = true;
        } else if (code < 0x7f) {
            enqueue(EVENT_KEY_DOWN, code);
        } else if (code < 0xff) {
            enqueue(EVENT_KEY_UP, code & 0x7f);
        }
    }
}

/* Bit 7 of the first byte is clear while the button is down. */
void mouse_packet(const u8 *packet) {
    static bool was_down;
    bool down = (packet[1] & 0x80) == 0;
    if (down != was_down) {
        was_down = down;
        enqueue(down ? EVENT_MOUSE_DOWN : EVENT_MOUSE_UP, 0);
    }
}

bool machine_has_input(void) {
    LOW32(EVENT_QUEUE_HEAD) = 0; /* before looking: what comes afterwards sets it again */
    return taken != queued || LOW16(MOUSE_H) != seen_x || LOW16(MOUSE_V) != seen_y;
}

bool machine_next_event(Event *event) {
    if (taken == queued) {
        return false;
    }
    const volatile Event *next = &queue[taken % QUEUE];
    event->kind = next->kind;
    event->key = next->key;
    event->x = next->x;
    event->y = next->y;
    taken++;
    return true;
}

bool machine_power_pressed(void) {
    return power_pressed;
}

/* ---- Toolbox calls of the emulator into the guest ---- */

typedef struct {
    u32 d[8], a[7];
    u32 frame; /* out: address of the exception frame to return through */
    u16 sr;
    u32 pc;
    u16 format;
} __attribute__((packed)) TrapRegisters;

static u32 heap = HEAP_START;
static volatile u32 sound_data[7]; /* SoundComponentData: flags, format, channels/size, rate, frames, buffer, 0 */
static s16 sound_buffer[2 * SYNTH_MAX_FRAMES];
static u32 block_frames = 512;

static u32 allocate(u32 bytes) {
    u32 address = heap;
    heap += (bytes + 15) & ~15u;
    for (u32 i = address; i < heap; i += 4) {
        LOW32(i) = 0;
    }
    return address;
}

static void fill_sound(void) {
    synth_fill(sound_buffer, block_frames);
    sound_data[4] = block_frames;
    sound_data[5] = (u32) sound_buffer;
}

void aline_trap(TrapRegisters *registers) {
    u16 trap = *(u16 *) registers->pc;
    u32 frame = (u32) &registers->sr;
    u8 *stack = (u8 *) frame + 8; /* what the caller pushed */
    u32 popped = 0;
    switch (trap) {
        case 0xa11e: /* NewPtr and its variants */
        case 0xa31e:
        case 0xa71e:
            registers->a[0] = allocate(registers->d[0]);
            registers->d[0] = 0;
            break;
        case 0xa122: { /* NewHandle */
            u32 handle = allocate(16);
            LOW32(handle) = allocate(registers->d[0]);
            registers->a[0] = handle;
            registers->d[0] = 0;
            break;
        }
        case 0xa800: /* SoundDispatch; 0x06140018 gives the mixer */
            if (registers->d[0] == 0x06140018) {
                *(u32 *) *(u32 *) stack = 0x4d495852; /* any identity will do: 'MIXR' */
                popped = 12;
            } else {
                popped = 4;
            }
            *(u16 *) (stack + popped) = 0;
            break;
        case 0xa82a: /* ComponentDispatch */
            if (registers->d[0] == 0x24) {
                popped = 8;
            } else {
                u32 selector = *(u32 *) stack;
                popped = (selector >> 16) + 8;
                if ((selector & 0xffff) == 4) { /* the emulator wants the next block of sound */
                    fill_sound();
                    *(u32 *) *(u32 *) (stack + 4) = (u32) sound_data;
                }
            }
            *(u32 *) (stack + popped) = 0;
            break;
        default: /* memory manager calls without effect here */
            registers->d[0] = 0;
    }
    u32 pc = registers->pc + 2;
    u16 sr = registers->sr, format = registers->format;
    u32 moved = frame + popped;
    *(u16 *) moved = sr;
    *(u32 *) (moved + 2) = pc;
    *(u16 *) (moved + 6) = format;
    registers->frame = moved;
}

/* ---- start ---- */

void machine_start(Screen *screen) {
    for (u32 vector = 2; vector < 64; vector++) {
        LOW32(vector * 4) = (u32) ignore_entry;
    }
    LOW32(0x28) = (u32) aline_entry;
    LOW32(0x64) = (u32) interrupt_entry;
    LOW32(TICKS) = 0;

    open_display(screen);

    u32 adb = allocate(0x400);
    LOW32(adb + 4) = (u32) keyboard_entry;
    LOW32(adb + 16) = (u32) mouse_entry;
    LOW32(ADB_BASE) = adb;
    LOW32(WARM_START) = 0x574c5343; /* "the system has started": from now on input and time are delivered */
    asm volatile("move.w #0x2000, %%sr" ::: "memory");
}

/* ComponentParameters: flags, size, what, parameters. */
static u8 component[32];

static u32 sound_component(u16 what) {
    put16(component + 2, what);
    return audio_call(component);
}

void machine_start_sound(void) {
    static u32 hardware[8];
    sound_component(0xffff); /* open */
    sound_component(1);      /* initialise the output device */
    put32(component + 4, (u32) hardware);
    put32(component + 8, 0x6877666d); /* 'hwfm': its format */
    put32(component + 12, 0);
    sound_component(0x103); /* get information */
    for (int i = 0; i < 7; i++) {
        sound_data[i] = hardware[i];
    }
    block_frames = hardware[4];
    if (block_frames == 0 || block_frames > SYNTH_MAX_FRAMES) {
        block_frames = SYNTH_MAX_FRAMES;
    }
    synth_start(hardware[3] >> 16);
    sound_component(0x101); /* start the source */
}

u32 machine_ticks(void) {
    return LOW32(TICKS);
}

void machine_idle(void) {
    asm volatile(".short 0x7137" ::: "a0", "a1", "d0", "d1", "memory");
}

u32 machine_time(void) {
    return LOW32(TIME);
}

void machine_mouse(int *x, int *y) {
    seen_x = LOW16(MOUSE_H);
    seen_y = LOW16(MOUSE_V);
    *x = (s16) seen_x;
    *y = (s16) seen_y;
}

void machine_power_off(void) {
    sound_component(0x102);  /* stop the source */
    sound_component(0xfffe); /* close */
    for (;;) {
        asm volatile(".short 0x7102" ::: "memory");
    }
}
