/**
 * An audience beyond this process, from both ends.
 *
 * <pre>
 * origin   shared lane -> EdgeFeeds -> a bounded EdgeFeed per edge -> gRPC
 * edge     gRPC -> OriginLink -> shared lane (no encoder)
 *          OriginLink is the {@link org.macemu.webrtc.media.session.Mac} of the edge's audience
 * </pre>
 *
 * Everybody watches at an edge and nobody steers: keyboard and mouse, and who may hold them, belong to the origin alone.
 * Nothing here decodes or encodes.
 */
package org.macemu.webrtc.media.edge;
