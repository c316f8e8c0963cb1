/**
 * What the services that people reach over HTTP have in common: the check of the address they listen on, the hosts they
 * answer for, and two of the three answers to a scheduler. The beans among them are found by every service that has this
 * module among its dependencies and does not exclude this package, as the media-service does, which people do not reach
 * and which has answers of its own.
 */
package org.macemu.webrtc.api.http;
