/**
 * What the services that people reach over HTTP have in common: the check of the address they listen on, and two of the
 * three answers to a scheduler. They are beans of every service that has this module among its dependencies and does not
 * exclude this package, as the media-service does, which has answers of its own and is not reached by people.
 */
package org.macemu.webrtc.api.http;
