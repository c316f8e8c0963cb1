/** How the services that people reach connect to media-services. What they ask there is their own business. */
package org.macemu.webrtc.api.client;
