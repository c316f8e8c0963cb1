/* Compiles only when the header of the drivers lays the segments out as the design does. */
#include "design.h"
#include "ipc_protocol.h"

#define SAME(ours, design, field) \
    _Static_assert(offsetof(struct ours, field) == offsetof(struct design, field), #field " lies elsewhere"); \
    _Static_assert(sizeof(((struct ours *) 0)->field) == sizeof(((struct design *) 0)->field), #field "'s size")

SAME(macemu_video, SharedVideoBuffer, magic);
SAME(macemu_video, SharedVideoBuffer, version);
SAME(macemu_video, SharedVideoBuffer, width);
SAME(macemu_video, SharedVideoBuffer, height);
SAME(macemu_video, SharedVideoBuffer, stride);
SAME(macemu_video, SharedVideoBuffer, write_index);
SAME(macemu_video, SharedVideoBuffer, read_index);
SAME(macemu_video, SharedVideoBuffer, frame_count);
SAME(macemu_video, SharedVideoBuffer, timestamp_us);
_Static_assert(offsetof(struct macemu_video, frames) == offsetof(struct SharedVideoBuffer, frames), "frames");

SAME(macemu_audio, SharedAudioBuffer, magic);
SAME(macemu_audio, SharedAudioBuffer, version);
SAME(macemu_audio, SharedAudioBuffer, sample_rate);
SAME(macemu_audio, SharedAudioBuffer, channels);
SAME(macemu_audio, SharedAudioBuffer, format);
SAME(macemu_audio, SharedAudioBuffer, buffer_size);
SAME(macemu_audio, SharedAudioBuffer, write_pos);
SAME(macemu_audio, SharedAudioBuffer, read_pos);
SAME(macemu_audio, SharedAudioBuffer, ring_buffer);
_Static_assert(sizeof(struct macemu_audio) == sizeof(struct SharedAudioBuffer), "the whole audio segment");

_Static_assert(MACEMU_VIDEO_MAGIC == 0x4D454D55u && MACEMU_AUDIO_MAGIC == 0x4D415544u, "magic numbers");
_Static_assert(MACEMU_PROTOCOL_VERSION == 1 && MACEMU_VIDEO_FRAMES == 3, "version and buffers");
_Static_assert(MACEMU_AUDIO_FORMAT_S16LE == 0 && MACEMU_AUDIO_FORMAT_F32LE == 1, "formats");
_Static_assert(MACEMU_AUDIO_RING_SIZE == 65536 && MACEMU_MAX_LINE == 65536, "ring and line");
_Static_assert(MACEMU_DEFAULT_MAX_FRAME_SIZE == 1920 * 1080 * 4, "MAX_FRAME_SIZE");

int main(void) {
    return macemu_video_segment_size(MAX_FRAME_SIZE) == sizeof(struct SharedVideoBuffer) ? 0 : 1;
}
