/** The REST API under {@code /api/v1}: thin resources and the records they answer with. */
package org.macemu.webrtc.control.rest;
