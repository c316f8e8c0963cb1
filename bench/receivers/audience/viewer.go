package main

import (
	"encoding/json"
	"math/rand"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v3"
	"golang.org/x/net/websocket"
)

// How the page does it: see client/session.js and client/connection.js of control-service.
const (
	answerPatience = 5 * time.Second
	movePatience   = 10 * time.Second
	heartbeat      = 15 * time.Second
	firstRetry     = 250 * time.Millisecond
	longestRetry   = 2 * time.Second
	unavailable    = 500 * time.Millisecond
)

type message struct {
	Type         string `json:"type"`
	Sdp          string `json:"sdp"`
	Reason       string `json:"reason"`
	RetryAfterMs *int   `json:"retryAfterMs"`
	Code         string `json:"code"`
	Message      string `json:"message"`
	Emulator     string `json:"emulator"`
	Problem      string `json:"problem"`
	Candidate    string `json:"candidate"`
}

// viewer is one page.
type viewer struct {
	url, token string
	api        *webrtc.API

	lock    sync.Mutex
	socket  *websocket.Conn
	shown   *peer // whose picture is on the screen
	coming  *peer // takes its place with its first picture
	noMac   bool
	problem string

	lastPicture time.Time
	longest     time.Duration
	received    int64
}

// live connects, again and again.
func (v *viewer) live() {
	retry := firstRetry
	for {
		began := time.Now()
		pause := v.session()
		if time.Since(began) > 5*time.Second {
			retry = firstRetry
		}
		if pause == 0 {
			pause = retry
			retry = min(2*retry, longestRetry)
		}
		time.Sleep(pause + time.Duration(rand.Int63n(int64(pause)/5+1)))
		atomic.AddInt64(&reconnects, 1)
	}
}

// session is one WebSocket; it returns how long to wait before the next, 0 for the usual pause.
func (v *viewer) session() time.Duration {
	config, err := websocket.NewConfig(v.url, "http://localhost")
	if err != nil {
		panic(err)
	}
	config.Header.Del("Origin")
	if v.token != "" {
		config.Header.Set("Authorization", "Bearer "+v.token)
	}
	socket, err := websocket.DialConfig(config)
	if err != nil {
		return 0
	}
	v.lock.Lock()
	v.socket = socket
	v.lock.Unlock()
	done := make(chan bool)
	defer func() {
		close(done)
		socket.Close()
		v.drop()
	}()
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(heartbeat):
				v.send(map[string]any{"type": "ping", "time": 0})
			}
		}
	}()
	for {
		var text []byte
		if websocket.Message.Receive(socket, &text) != nil {
			return 0
		}
		var m message
		if json.Unmarshal(text, &m) != nil {
			continue
		}
		switch m.Type {
		case "welcome":
			v.drop()
			v.connect(socket)
		case "move":
			atomic.AddInt64(&moves, 1)
			v.connect(socket)
		case "answer":
			if p := v.negotiating(); p != nil {
				p.answer(m.Sdp)
			}
		case "state":
			v.lock.Lock()
			v.noMac, v.problem = m.Emulator != "connected", m.Problem
			v.lock.Unlock()
		case "error":
			if m.Code == "media_unavailable" {
				v.restartUnlessWelcome(socket)
			} else if m.Code == "capacity_reached" || m.Code == "ice_failed" {
				return 0
			}
		case "goodbye":
			if m.RetryAfterMs != nil {
				return max(time.Duration(*m.RetryAfterMs)*time.Millisecond, time.Millisecond)
			}
			return longestRetry
		}
	}
}

// restartUnlessWelcome gives up a WebSocket on which no welcome follows.
func (v *viewer) restartUnlessWelcome(socket *websocket.Conn) {
	v.lock.Lock()
	before := v.shown
	v.lock.Unlock()
	time.AfterFunc(unavailable, func() {
		v.lock.Lock()
		stuck := v.shown == before && v.socket == socket
		v.lock.Unlock()
		if stuck {
			socket.Close()
		}
	})
}

func (v *viewer) send(what any) {
	v.lock.Lock()
	socket := v.socket
	v.lock.Unlock()
	if socket != nil {
		websocket.JSON.Send(socket, what)
	}
}

// connect makes a peer and offers it. While another one is shown, that stays until this one has a picture.
func (v *viewer) connect(socket *websocket.Conn) {
	p, err := newPeer(v)
	if err != nil {
		socket.Close()
		return
	}
	v.lock.Lock()
	former := v.coming
	if v.shown == nil {
		v.shown = p
	} else {
		v.coming = p
	}
	v.lock.Unlock()
	former.close()
	go func() {
		sdp, err := p.offer()
		if err != nil {
			socket.Close()
			return
		}
		v.send(map[string]string{"type": "offer", "sdp": sdp, "lane": "auto"})
		time.AfterFunc(answerPatience, func() {
			if !p.answered.Load() && !p.closed.Load() {
				socket.Close()
			}
		})
		time.AfterFunc(movePatience, func() {
			v.lock.Lock()
			late := v.coming == p
			if late {
				v.coming = nil
			}
			v.lock.Unlock()
			if late {
				atomic.AddInt64(&failedMoves, 1)
				p.close()
			}
		})
	}()
}

func (v *viewer) negotiating() *peer {
	v.lock.Lock()
	defer v.lock.Unlock()
	if v.coming != nil {
		return v.coming
	}
	return v.shown
}

func (v *viewer) drop() {
	v.lock.Lock()
	shown, coming := v.shown, v.coming
	v.shown, v.coming = nil, nil
	v.lock.Unlock()
	shown.close()
	coming.close()
}

// picture is a whole frame of a peer that began with a key frame.
func (v *viewer) picture(p *peer) {
	now := time.Now()
	v.lock.Lock()
	var former *peer
	if p == v.coming {
		former, v.shown, v.coming = v.shown, p, nil
	}
	if p == v.shown {
		if !v.lastPicture.IsZero() {
			v.longest = max(v.longest, now.Sub(v.lastPicture))
		}
		v.lastPicture = now
	}
	v.lock.Unlock()
	atomic.AddInt64(&pictures, 1)
	// Not on the goroutine that reads the new peer.
	go former.close()
}

// interrupted: the path of the shown peer is gone.
func (v *viewer) interrupted(p *peer) {
	v.lock.Lock()
	socket := v.socket
	isShown := p == v.shown && v.coming == nil
	v.lock.Unlock()
	if isShown && socket != nil {
		socket.Close()
	}
}

func (v *viewer) mark() {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.longest = 0
	if v.lastPicture.IsZero() {
		return
	}
	atomic.StoreInt64(&v.received, 0)
}

func (v *viewer) sincePicture() time.Duration {
	v.lock.Lock()
	defer v.lock.Unlock()
	if v.lastPicture.IsZero() {
		return time.Hour
	}
	return time.Since(v.lastPicture)
}

func (v *viewer) figures() (longest time.Duration, received int64, address string, noMac bool, problem string) {
	v.lock.Lock()
	defer v.lock.Unlock()
	longest = v.longest
	if !v.lastPicture.IsZero() {
		longest = max(longest, time.Since(v.lastPicture))
	}
	address = "none"
	if v.shown != nil {
		address = v.shown.remote()
	}
	return longest, atomic.LoadInt64(&v.received), address, v.noMac, v.problem
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

func max(a, b time.Duration) time.Duration {
	if a > b {
		return a
	}
	return b
}
