package org.macemu.webrtc.api.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.macemu.webrtc.api.control.ControlMessage.Ack;
import org.macemu.webrtc.api.control.ControlMessage.Config;
import org.macemu.webrtc.api.control.ControlMessage.Error;
import org.macemu.webrtc.api.control.ControlMessage.GetConfig;
import org.macemu.webrtc.api.control.ControlMessage.GetLog;
import org.macemu.webrtc.api.control.ControlMessage.GetStatus;
import org.macemu.webrtc.api.control.ControlMessage.GetStorage;
import org.macemu.webrtc.api.control.ControlMessage.Hello;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.Log;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlMessage.Restart;
import org.macemu.webrtc.api.control.ControlMessage.SetConfig;
import org.macemu.webrtc.api.control.ControlMessage.Shutdown;
import org.macemu.webrtc.api.control.ControlMessage.Status;
import org.macemu.webrtc.api.control.ControlMessage.Storage;

/** Every message of the protocol with the line that the design documents for it, blanks left out. */
final class ControlMessages {

    /**
     * A message and its line.
     *
     * @param line without its newline
     */
    record Documented(ControlMessage message, String line) {
        @Override
        public String toString() {
            return line;
        }
    }

    private ControlMessages() {}

    private static ObjectNode preferences() {
        return JsonNodeFactory.instance.objectNode().put("rom", "Quadra.ROM").put("ramsize", 16);
    }

    /** The lines; nobody may change one without breaking emulators that match strings. */
    static List<Documented> documented() {
        ObjectNode statusFields = JsonNodeFactory.instance.objectNode().put("running", true).put("fps", 30);
        return List.of(
                new Documented(new MouseMove(100, 200), "{'type':'mouse_move','x':100,'y':200}"),
                new Documented(new MouseMoveRelative(3, -2), "{'type':'mouse_move','dx':3,'dy':-2}"),
                new Documented(
                        new MouseButton(100, 200, 0, true),
                        "{'type':'mouse_button','x':100,'y':200,'button':0,'pressed':true}"),
                new Documented(new MouseWheel(0, -3), "{'type':'mouse_wheel','dx':0,'dy':-3}"),
                new Documented(
                        new Key(65, true, false, false, false, false, 0),
                        "{'type':'key','code':65,'pressed':true,'ctrl':false,'alt':false,'shift':false,"
                                + "'meta':false}"),
                new Documented(
                        new Key(16, false, false, false, true, false, 2),
                        "{'type':'key','code':16,'pressed':false,'ctrl':false,'alt':false,'shift':true,"
                                + "'meta':false,'location':2}"),
                new Documented(new GetConfig(), "{'type':'get_config'}"),
                new Documented(
                        new SetConfig(preferences()),
                        "{'type':'set_config','config':{'rom':'Quadra.ROM','ramsize':16}}"),
                new Documented(new Restart(), "{'type':'restart'}"),
                new Documented(new Restart(true), "{'type':'restart','force':true}"),
                new Documented(new GetLog(), "{'type':'log'}"),
                new Documented(
                        new Log(List.of(new Log.Line(1_700_000_000_123L, "emulator", "no ROM"))),
                        "{'type':'log','lines':[{'time':1700000000123,'source':'emulator','text':'no ROM'}]}"),
                new Documented(new Shutdown(), "{'type':'shutdown'}"),
                new Documented(new GetStorage(), "{'type':'storage'}"),
                new Documented(new GetStatus(), "{'type':'status'}"),
                new Documented(
                        new Config(preferences()), "{'type':'config','data':{'rom':'Quadra.ROM','ramsize':16}}"),
                new Documented(
                        new Storage(List.of("Quadra.ROM"), List.of("System7.img")),
                        "{'type':'storage','roms':['Quadra.ROM'],'disks':['System7.img']}"),
                new Documented(
                        new Status(true, 30, statusFields), "{'type':'status','running':true,'fps':30}"),
                new Documented(
                        new Error("Failed to save config"), "{'type':'error','message':'Failed to save config'}"),
                new Documented(
                        new Hello(1, "/macemu-video", "/macemu-audio"),
                        "{'type':'hello','version':1,'video_shm':'/macemu-video','audio_shm':'/macemu-audio'}"),
                new Documented(new Ack(), "{'type':'ack'}"))
                .stream()
                .map(d -> new Documented(d.message, d.line.replace('\'', '"')))
                .toList();
    }

    /** The records below a sealed interface. */
    static Stream<Class<?>> records(Class<?> sealed) {
        return sealed.isSealed()
                ? Arrays.stream(sealed.getPermittedSubclasses()).flatMap(ControlMessages::records).distinct()
                : Stream.of(sealed);
    }
}
