/**
 * What can be said about chart, manifests and Dockerfiles without a cluster and without a container engine: that they
 * render, parse and keep the rules. The product's behaviour is tested elsewhere.
 */
package org.macemu.webrtc.deploy;
