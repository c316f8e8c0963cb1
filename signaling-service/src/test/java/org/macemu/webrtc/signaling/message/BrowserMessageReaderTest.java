package org.macemu.webrtc.signaling.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.signaling.message.BrowserMessageReader.read;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Lane;

/** The JSON forms that signaling.proto shows, and what a hostile browser may send instead. */
class BrowserMessageReaderTest {

    @ParameterizedTest
    @CsvSource({"auto,LANE_AUTO", "shared,LANE_SHARED", "adaptive,LANE_ADAPTIVE"})
    void readsAnOffer(String lane, Lane expected) throws MessageException {
        var offer = assertInstanceOf(
                BrowserMessage.Offer.class,
                read("{\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 1 1 IN IP4 0.0.0.0\\r\\n\",\"lane\":\"" + lane
                        + "\",\"later\":1}"));
        assertEquals("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", offer.message().getOffer().getSdp());
        assertEquals(expected, offer.message().getOffer().getLane());
    }

    @Test
    void anOfferWithoutALaneLeavesTheChoice() throws MessageException {
        var offer = assertInstanceOf(BrowserMessage.Offer.class, read("{\"type\":\"offer\",\"sdp\":\"v=0\"}"));
        assertEquals(Lane.LANE_AUTO, offer.message().getOffer().getLane());
    }

    @Test
    void readsTheGreatestOfferWithEveryLineEndEscaped() throws MessageException {
        String sdp = "v=0\r\n" + "a=\r\n".repeat((MessageLimits.MAX_SDP_BYTES - 5) / 4);
        var offer = assertInstanceOf(BrowserMessage.Offer.class, read(offer(sdp.replace("\r\n", "\\r\\n"))));
        assertEquals(sdp, offer.message().getOffer().getSdp());
    }

    @Test
    void readsACandidate() throws MessageException {
        var candidate = assertInstanceOf(
                        BrowserMessage.Candidate.class,
                        read("{\"type\":\"candidate\","
                                + "\"candidate\":\"candidate:1 1 udp 1 127.0.0.1 5000 typ host\","
                                + "\"sdpMid\":\"1\",\"sdpMLineIndex\":1,\"usernameFragment\":\"x\"}"))
                .message()
                .getCandidate();
        assertEquals("candidate:1 1 udp 1 127.0.0.1 5000 typ host", candidate.getCandidate());
        assertEquals("1", candidate.getSdpMid());
        assertEquals(1, candidate.getSdpMLineIndex());
    }

    @Test
    void readsTheEndOfCandidates() throws MessageException {
        var candidate = assertInstanceOf(
                        BrowserMessage.Candidate.class,
                        read("{\"type\":\"candidate\",\"candidate\":\"\",\"sdpMid\":null,\"sdpMLineIndex\":null}"))
                .message()
                .getCandidate();
        assertEquals(Candidate.getDefaultInstance(), candidate);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"mouse_move\",\"x\":100,\"y\":200}",
                "{ \"x\" : 1.5e2, \"type\":\"mouse_move\" , \"y\":-1}",
                "{\"type\":\"mouse_button\",\"x\":100,\"y\":200,\"button\":0,\"pressed\":true}",
                "{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3}",
                "{\"type\":\"key\",\"code\":65,\"pressed\":true,\"ctrl\":false}",
                "{\"type\":\"release_all\"}"
            })
    void passesInputOnAsItCame(String text) throws MessageException {
        var input = assertInstanceOf(BrowserMessage.Input.class, read(text));
        assertEquals(text, input.message().getInput().getJson());
    }

    static Stream<Arguments> hostile() {
        String big = "x".repeat(2_000);
        return Stream.of(
                Arguments.of("", "message_invalid"),
                Arguments.of("   ", "message_invalid"),
                Arguments.of("hello", "message_invalid"),
                Arguments.of("null", "message_invalid"),
                Arguments.of("17", "message_invalid"),
                Arguments.of("\"offer\"", "message_invalid"),
                Arguments.of("[]", "message_invalid"),
                Arguments.of("[{\"type\":\"ping\"}]", "message_invalid"),
                Arguments.of("{}", "message_invalid"),
                Arguments.of("{\"type\":null}", "message_invalid"),
                Arguments.of("{\"type\":7}", "message_invalid"),
                Arguments.of("{\"type\":{}}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\"", "message_invalid"),
                Arguments.of("{\"type\":\"ping\"}{\"type\":\"ping\"}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\"} x", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"type\":\"offer\"}", "message_invalid"),
                Arguments.of("{'type':'ping'}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"time\":NaN}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"time\":\"now\"}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"time\":" + "9".repeat(50) + "}", "message_invalid"),
                Arguments.of("{\"type\":\"mouse_move\",\"x\":NaN,\"y\":1}", "message_invalid"),
                Arguments.of("{\"type\":\"mouse_move\",\"x\":-Infinity,\"y\":1}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"a\":" + "[".repeat(1_000) + "}", "message_invalid"),
                Arguments.of("{\"" + big + "\":1,\"type\":\"ping\"}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\\u0000\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"" + big + "\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"join\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"control\"}", "message_invalid"),
                Arguments.of("{\"type\":\"control\",\"action\":\"seize\"}", "message_invalid"),
                Arguments.of("{\"type\":\"control\",\"action\":\"grant\",\"viewer\":7}", "message_invalid"),
                Arguments.of(
                        "{\"type\":\"control\",\"action\":\"grant\",\"viewer\":\"" + "v".repeat(65) + "\"}",
                        "message_invalid"),
                Arguments.of("{\"type\":\"OFFER\",\"sdp\":\"v=0\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"goodbye\",\"reason\":\"x\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"offer\"}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":null}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":[\"v=0\"]}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"\"}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"<html>\"}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"v=0\",\"lane\":\"fast\"}", "message_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"v=0\",\"lane\":3}", "message_invalid"),
                Arguments.of(offer("v=0" + "x".repeat(MessageLimits.MAX_SDP_BYTES)), "sdp_too_large"),
                // 30,000 characters of three bytes each.
                Arguments.of(offer("v=0" + "\u20ac".repeat(30_000)), "sdp_too_large"),
                Arguments.of(offer("v=0" + "x".repeat(MessageLimits.MAX_MESSAGE_BYTES)), "message_too_large"),
                Arguments.of("x".repeat(200_000), "message_too_large"),
                Arguments.of("\u20ac".repeat(34_000), "message_too_large"),
                Arguments.of("{\"type\":\"candidate\"}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":null}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":\"typ host\"}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":\"candidate:1\\r\\na=x\"}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":\"candidate:" + big + "\"}", "candidate_invalid"),
                Arguments.of(candidate("\"sdpMid\":1}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMid\":\"" + big + "\"}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":-1}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":1.5}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":1e300}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":\"0\"}"), "candidate_invalid"),
                Arguments.of("{\"type\":\"key\",\"code\":65,\"x\":\"" + big + "\"}", "input_invalid"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refusesWhatDoesNotFit(String text, String code) {
        MessageException refusal = assertThrows(MessageException.class, () -> read(text));
        assertEquals(code, refusal.code().text());
        assertTrue(refusal.getMessage().length() < 300, () -> "echoes too much: " + refusal.getMessage());
    }

    @Test
    void readsAnyUtf16WithoutFailing() throws MessageException {
        // An unpaired surrogate cannot be written as UTF-8; it must not end the call.
        var input = assertInstanceOf(BrowserMessage.Input.class, read("{\"type\":\"key\",\"a\":\"\ud800\"}"));
        assertTrue(input.message().toByteArray().length > 0);
    }

    @Test
    void readsControlMessages() throws Exception {
        BrowserMessage.Control grant =
                (BrowserMessage.Control) read("{\"type\":\"control\",\"action\":\"grant\",\"viewer\":\"v-1\"}");
        assertEquals(Control.Action.ACTION_GRANT, grant.message().getControl().getAction());
        assertEquals("v-1", grant.message().getControl().getViewerId());
        BrowserMessage.Control take = (BrowserMessage.Control) read("{\"type\":\"control\",\"action\":\"take\"}");
        assertEquals(Control.Action.ACTION_TAKE, take.message().getControl().getAction());
    }

    /** The end of candidates with these fields, which close the object. */
    private static String candidate(String fields) {
        return "{\"type\":\"candidate\",\"candidate\":\"\"," + fields;
    }

    private static String offer(String sdp) {
        return "{\"type\":\"offer\",\"sdp\":\"" + sdp + "\"}";
    }
}
