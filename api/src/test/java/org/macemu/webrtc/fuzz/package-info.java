/** Fuzzing of every parser that strangers reach: runs targets, which stand beside what they try. */
package org.macemu.webrtc.fuzz;
