/** The REST API under {@code /api/v1}: thin resources, the records they answer with, and errors as problem details. */
package org.macemu.webrtc.control.rest;
