/** Rules about requests that do not depend on HTTP. */
package org.macemu.webrtc.control.service;
