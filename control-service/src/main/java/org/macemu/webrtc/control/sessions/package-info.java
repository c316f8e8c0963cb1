/**
 * More Macs than one: each a StatefulSet of one pod and a claim of its own, made after the chart's pattern, and the edges
 * of those that were made with some.
 *
 * <p>The cluster is the only state: what a person asked for stands in the StatefulSet's annotations, what became of it
 * in its pod and claim. {@link org.macemu.webrtc.control.sessions.Sessions} writes wishes,
 * {@link org.macemu.webrtc.control.sessions.Reconciler} makes them true, and either may be done by any replica at any
 * time: every write is conditional on the version that was read. Nothing here knows about HTTP.
 */
package org.macemu.webrtc.control.sessions;
