/**
 * Where the Macs of further sessions and their edges are: their pods, from the cluster's EndpointSlices. Nothing here
 * changes anything in the cluster, and nothing here knows about WebSockets.
 */
package org.macemu.webrtc.signaling.sessions;
