/**
 * What the parts share, and nothing else: the gRPC contracts (generated from {@code src/main/proto}), the
 * shared-memory layout and the emulator's JSON lines. No behaviour of a service belongs here.
 */
package org.macemu.webrtc.api;
