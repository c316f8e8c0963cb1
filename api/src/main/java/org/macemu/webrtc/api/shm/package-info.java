/**
 * The shared-memory segments of protocol v1: where each field lies, how it is read and written between processes, and
 * what makes a file acceptable. Capture policy (when to read, what to do with a picture) belongs to media-service.
 */
package org.macemu.webrtc.api.shm;
