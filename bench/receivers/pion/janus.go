package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"strings"
	"time"

	"github.com/pion/webrtc/v3"
)

type message = map[string]interface{}

func exchange(url string, request message) (message, error) {
	request["transaction"] = fmt.Sprint(rand.Int())
	body, _ := json.Marshal(request)
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	var reply message
	if err := json.Unmarshal(text, &reply); err != nil {
		return nil, fmt.Errorf("Janus said %q", text)
	}
	return reply, nil
}

func handle(url string, request message) (string, error) {
	reply, err := exchange(url, request)
	if err != nil {
		return "", err
	}
	data, ok := reply["data"].(message)
	if !ok {
		return "", fmt.Errorf("Janus said %v", reply)
	}
	return fmt.Sprintf("%.0f", data["id"].(float64)), nil
}

// watchJanus asks for mount point 1 of the streaming plugin: Janus offers, we answer.
func watchJanus(url string, pc *webrtc.PeerConnection) error {
	url = strings.TrimSuffix(url, "/")
	id, err := handle(url, message{"janus": "create"})
	if err != nil {
		return err
	}
	session := url + "/" + id
	id, err = handle(session, message{"janus": "attach", "plugin": "janus.plugin.streaming"})
	if err != nil {
		return err
	}
	plugin := session + "/" + id
	watch := message{"janus": "message", "body": message{"request": "watch", "id": 1}}
	if _, err := exchange(plugin, watch); err != nil {
		return err
	}
	for attempt := 0; attempt < 10; attempt++ {
		response, err := http.Get(session + "?maxev=1")
		if err != nil {
			return err
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		var event message
		json.Unmarshal(text, &event)
		jsep, ok := event["jsep"].(message)
		if !ok {
			continue
		}
		offer := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: jsep["sdp"].(string)}
		if err := pc.SetRemoteDescription(offer); err != nil {
			return err
		}
		answer, err := pc.CreateAnswer(nil)
		if err != nil {
			return err
		}
		gathered := webrtc.GatheringCompletePromise(pc)
		if err := pc.SetLocalDescription(answer); err != nil {
			return err
		}
		<-gathered
		start := message{"janus": "message", "body": message{"request": "start"},
			"jsep": message{"type": "answer", "sdp": pc.LocalDescription().SDP}}
		if _, err := exchange(plugin, start); err != nil {
			return err
		}
		go func() {
			for range time.Tick(20 * time.Second) {
				exchange(session, message{"janus": "keepalive"})
			}
		}()
		return nil
	}
	return fmt.Errorf("Janus made no offer")
}
