/**
 * What Kubernetes is told about edges, the media-services that an audience beyond the Mac's own pod is served by. Making
 * and ending them is the autoscaler's business.
 */
package org.macemu.webrtc.control.edges;
