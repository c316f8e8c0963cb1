/**
 * The Mac's files beside this process: ROMs, disk images and CD images in two flat folders. Everything that touches them
 * is here; nothing here knows about gRPC or HTTP. Nothing outside the two folders is ever opened.
 */
package org.macemu.webrtc.media.storage;
