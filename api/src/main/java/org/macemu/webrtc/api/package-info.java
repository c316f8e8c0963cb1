/**
 * What the parts share: the gRPC contracts (generated from {@code src/main/proto}), the shared-memory layout and the
 * emulator's JSON lines; and, in {@code access}, {@code client} and {@code http}, what the services that people reach have
 * in common. What only one service does does not belong here.
 */
package org.macemu.webrtc.api;
