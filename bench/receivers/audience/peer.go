package main

import (
	"regexp"
	"sync/atomic"

	"github.com/pion/webrtc/v3"
)

var candidate = regexp.MustCompile(`a=candidate:\S+ 1 (?:udp|UDP) \d+ (\S+) (\d+) `)

// peer is one connection of a viewer.
type peer struct {
	viewer           *viewer
	pc               *webrtc.PeerConnection
	answered, closed atomic.Bool
	address          atomic.Value
}

func newPeer(v *viewer) (*peer, error) {
	pc, err := v.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	p := &peer{viewer: v, pc: pc}
	pc.OnTrack(p.receive)
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed,
			webrtc.PeerConnectionStateClosed:
			if !p.closed.Load() {
				v.interrupted(p)
			}
		}
	})
	return p, nil
}

func (p *peer) offer() (string, error) {
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio} {
		init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		if _, err := p.pc.AddTransceiverFromKind(kind, init); err != nil {
			return "", err
		}
	}
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	return p.pc.LocalDescription().SDP, nil
}

func (p *peer) answer(sdp string) {
	if p.answered.Swap(true) {
		return
	}
	if found := candidate.FindStringSubmatch(sdp); found != nil {
		p.address.Store(found[1] + ":" + found[2])
	}
	if p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}) != nil {
		p.viewer.interrupted(p)
	}
}

// remote is where the media comes from, as the answer says.
func (p *peer) remote() string {
	if address, ok := p.address.Load().(string); ok {
		return address
	}
	return "unknown"
}

func (p *peer) close() {
	if p != nil && !p.closed.Swap(true) {
		p.pc.Close()
	}
}

// receive counts packets, and pictures from the first key frame on.
func (p *peer) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	go func() {
		buffer := make([]byte, 1500)
		for {
			if _, _, err := receiver.Read(buffer); err != nil {
				return
			}
		}
	}()
	video := track.Kind() == webrtc.RTPCodecTypeVideo
	buffer := make([]byte, 1600)
	last, began := -1, false
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		sequence := int(buffer[2])<<8 | int(buffer[3])
		if last >= 0 {
			if d := (sequence - last) & 0xffff; d > 1 && d < 1000 {
				atomic.AddInt64(&lost, int64(d-1))
			}
		}
		last = sequence
		atomic.AddInt64(&packets, 1)
		atomic.AddInt64(&byteCount, int64(n))
		atomic.AddInt64(&p.viewer.received, 1)
		if !video {
			continue
		}
		began = began || startsKeyFrame(buffer[:n])
		if began && buffer[1]&0x80 != 0 {
			p.viewer.picture(p)
		}
	}
}

// startsKeyFrame reads the payload descriptor (RFC 7741 section 4.2) and the first byte of the frame.
func startsKeyFrame(packet []byte) bool {
	at := 12 + 4*int(packet[0]&0x0f)
	if packet[0]&0x10 != 0 {
		if len(packet) < at+4 {
			return false
		}
		at += 4 + 4*(int(packet[at+2])<<8|int(packet[at+3]))
	}
	if len(packet) < at+7 || packet[at]&0x10 == 0 || packet[at]&0x07 != 0 {
		return false
	}
	start := at
	at++
	if packet[start]&0x80 != 0 {
		flags := packet[at]
		at++
		if flags&0x80 != 0 {
			if packet[at]&0x80 != 0 {
				at++
			}
			at++
		}
		if flags&0x40 != 0 {
			at++
		}
		if flags&0x30 != 0 {
			at++
		}
	}
	return at < len(packet) && packet[at]&0x01 == 0
}
