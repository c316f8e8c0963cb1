// A peer for bench/fanout: sends a recording to everyone who posts an offer to /whep, with Pion as its users do it: one
// shared local track each for picture and sound, one UDP port, NACK responder and sender reports.
//
//	pion-server RECORDING HTTP_PORT
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"
)

const maxPayload = 1160

type unit struct {
	kind   byte
	millis int64
	data   []byte
}

func main() {
	units := read(os.Args[1])
	media := &webrtc.MediaEngine{}
	must(media.RegisterDefaultCodecs())
	interceptors := &interceptor.Registry{}
	must(webrtc.ConfigureNack(media, interceptors))
	must(webrtc.ConfigureRTCPReports(interceptors))
	settings := webrtc.SettingEngine{}
	settings.SetLite(true)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(err)
	socket.SetWriteBuffer(8 << 20)
	settings.SetICEUDPMux(webrtc.NewICEUDPMux(nil, socket))
	api := webrtc.NewAPI(
		webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(interceptors), webrtc.WithSettingEngine(settings))
	picture, err := webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "picture", "picture")
	must(err)
	sound, err := webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "sound", "sound")
	must(err)
	http.HandleFunc("/whep", func(w http.ResponseWriter, r *http.Request) {
		offer, _ := io.ReadAll(r.Body)
		answer, err := connect(api, string(offer), picture, sound)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, answer)
	})
	go play(units, picture, sound)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[2])
	must(err)
	fmt.Println("ready")
	must(http.Serve(listener, nil))
}

func connect(api *webrtc.API, offer string, tracks ...webrtc.TrackLocal) (string, error) {
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	for _, track := range tracks {
		sender, err := pc.AddTrack(track)
		if err != nil {
			return "", err
		}
		go func() {
			buffer := make([]byte, 1500)
			for {
				if _, _, err := sender.Read(buffer); err != nil {
					return
				}
			}
		}()
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return pc.LocalDescription().SDP, nil
}

func play(units []unit, picture, sound *webrtc.TrackLocalStaticRTP) {
	length := units[len(units)-1].millis + 20
	begin := time.Now()
	var videoSequence, audioSequence, pictureID uint16
	for round := int64(0); ; round++ {
		for _, u := range units {
			millis := round*length + u.millis
			time.Sleep(time.Until(begin.Add(time.Duration(millis) * time.Millisecond)))
			if u.kind == 0 {
				sound.WriteRTP(&rtp.Packet{Header: rtp.Header{
					Version: 2, PayloadType: 111, SequenceNumber: audioSequence, Timestamp: uint32(millis * 48)}, Payload: u.data})
				audioSequence++
				continue
			}
			count := (len(u.data) + maxPayload - 1) / maxPayload
			size := (len(u.data) + count - 1) / count
			for i := 0; i < count; i++ {
				end := (i + 1) * size
				if end > len(u.data) {
					end = len(u.data)
				}
				descriptor := []byte{0x80, 0x80, byte(0x80 | pictureID>>8&0x7f), byte(pictureID)}
				if i == 0 {
					descriptor[0] |= 0x10
				}
				picture.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, Marker: i == count-1,
					SequenceNumber: videoSequence, Timestamp: uint32(millis * 90)}, Payload: append(descriptor, u.data[i*size:end]...)})
				videoSequence++
			}
			pictureID++
		}
	}
}

func read(name string) []unit {
	file, err := os.Open(name)
	must(err)
	defer file.Close()
	in := bufio.NewReader(file)
	var units []unit
	header := make([]byte, 9)
	for {
		if _, err := io.ReadFull(in, header); err != nil {
			return units
		}
		data := make([]byte, binary.BigEndian.Uint32(header[5:]))
		_, err := io.ReadFull(in, data)
		must(err)
		units = append(units, unit{header[0], int64(binary.BigEndian.Uint32(header[1:])), data})
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
