// Receives the same stream any number of times, as independent peer connections of Pion, and reports what arrived.
//
//	receiver -url http://127.0.0.1:8099/whep -viewers 100 -seconds 20 [-pid 1234] [-janus]
//
// The offer is posted to the URL, the answer is the response (WHEP without trickle). With -janus the stream is watched
// through Janus' HTTP API instead. The last line is one JSON object. Debian: golang-go golang-github-pion-webrtc.v3-dev,
// built with GO111MODULE=off GOPATH=/usr/share/gocode.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"
)

// Totals of all viewers.
var packets, byteCount, gaps, pictures, sounds, connected, failures int64

// One viewer: RTP packets of both tracks.
type viewer struct {
	pc      *webrtc.PeerConnection
	packets int64
}

type result struct {
	Viewers        int     `json:"viewers"`
	Connected      int64   `json:"connected"`
	ConnectSeconds float64 `json:"connect_seconds"`
	Seconds        float64 `json:"seconds"`
	Packets        int64   `json:"packets"`
	// Of the viewer that got the fewest, the one in the middle, the one that got the most.
	LeastPackets  int64 `json:"least_packets"`
	MedianPackets int64 `json:"median_packets"`
	MostPackets   int64 `json:"most_packets"`
	Bytes         int64 `json:"bytes"`
	Gaps          int64 `json:"gaps"`
	// Since the first viewer joined, and a second of the measurement for each viewer.
	Pictures    int64   `json:"pictures"`
	Sounds      int64   `json:"sounds"`
	PictureRate float64 `json:"picture_rate"`
	SoundRate   float64 `json:"sound_rate"`
	ServerCores float64 `json:"server_cores"`
	// Resident memory of the server before the first viewer and at the end, in kB.
	MemoryBefore int64 `json:"memory_before"`
	MemoryAfter  int64 `json:"memory_after"`
}

func main() {
	url := flag.String("url", "http://127.0.0.1:8099/whep", "where offers are posted, or Janus' HTTP API")
	viewers := flag.Int("viewers", 1, "peer connections")
	seconds := flag.Int("seconds", 10, "measured time after all are connected")
	settle := flag.Int("settle", 3, "seconds between the last connection and the measurement")
	pid := flag.Int("pid", 0, "process whose CPU time is measured")
	janus := flag.Bool("janus", false, "watch mount point 1 of Janus' streaming plugin")
	every := flag.Bool("all-interfaces", false, "use every network interface instead of loopback only")
	flag.Parse()

	api := newAPI(*every)
	memory := residentKilobytes(*pid)
	begin := time.Now()
	var all []*viewer
	var lock sync.Mutex
	var wait sync.WaitGroup
	joining := make(chan bool, 4)
	for i := 0; i < *viewers; i++ {
		wait.Add(1)
		joining <- true
		go func() {
			defer func() { <-joining; wait.Done() }()
			v, err := join(api, *url, *janus)
			if err != nil {
				fmt.Fprintln(os.Stderr, "viewer:", err)
				if atomic.AddInt64(&failures, 1) == 3 {
					os.Exit(1)
				}
				return
			}
			lock.Lock()
			all = append(all, v)
			lock.Unlock()
		}()
	}
	wait.Wait()
	r := result{Viewers: *viewers, Connected: atomic.LoadInt64(&connected), ConnectSeconds: time.Since(begin).Seconds()}
	time.Sleep(time.Duration(*settle) * time.Second)
	each := make([]int64, len(all))
	for i, v := range all {
		each[i] = -atomic.LoadInt64(&v.packets)
	}
	p, b, g := atomic.LoadInt64(&packets), atomic.LoadInt64(&byteCount), atomic.LoadInt64(&gaps)
	f, s := atomic.LoadInt64(&pictures), atomic.LoadInt64(&sounds)
	c, start := cpuSeconds(*pid), time.Now()
	time.Sleep(time.Duration(*seconds) * time.Second)
	r.Seconds = time.Since(start).Seconds()
	r.ServerCores = (cpuSeconds(*pid) - c) / r.Seconds
	r.Packets = atomic.LoadInt64(&packets) - p
	r.Bytes = atomic.LoadInt64(&byteCount) - b
	r.Gaps = atomic.LoadInt64(&gaps) - g
	r.Pictures, r.Sounds = atomic.LoadInt64(&pictures), atomic.LoadInt64(&sounds)
	r.PictureRate = float64(r.Pictures-f) / r.Seconds / float64(*viewers)
	r.SoundRate = float64(r.Sounds-s) / r.Seconds / float64(*viewers)
	for i, v := range all {
		each[i] += atomic.LoadInt64(&v.packets)
	}
	sort.Slice(each, func(i, j int) bool { return each[i] < each[j] })
	if len(each) > 0 {
		r.LeastPackets, r.MedianPackets, r.MostPackets = each[0], each[len(each)/2], each[len(each)-1]
	}
	r.MemoryBefore, r.MemoryAfter = memory, residentKilobytes(*pid)
	for _, v := range all {
		v.pc.Close()
	}
	json.NewEncoder(os.Stdout).Encode(r)
}

func newAPI(every bool) *webrtc.API {
	media := &webrtc.MediaEngine{}
	must(media.RegisterDefaultCodecs())
	interceptors := &interceptor.Registry{}
	must(webrtc.ConfigureRTCPReports(interceptors))
	must(webrtc.ConfigureNack(media, interceptors))
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return every || name == "lo" })
	settings.SetICEMulticastDNSMode(0)
	settings.SetNet(newNet())
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(interceptors), webrtc.WithSettingEngine(settings))
}

func join(api *webrtc.API, url string, janus bool) (*viewer, error) {
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	up := make(chan bool, 1)
	var once sync.Once
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once.Do(func() { atomic.AddInt64(&connected, 1); up <- true })
		}
	})
	v := &viewer{pc: pc}
	pc.OnTrack(v.receive)
	if janus {
		err = watchJanus(url, pc)
	} else {
		err = whep(url, pc)
	}
	if err != nil {
		pc.Close()
		return nil, err
	}
	select {
	case <-up:
		return v, nil
	case <-time.After(20 * time.Second):
		pc.Close()
		return nil, fmt.Errorf("not connected within 20 s")
	}
}

func whep(url string, pc *webrtc.PeerConnection) error {
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio} {
		init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		if _, err := pc.AddTransceiverFromKind(kind, init); err != nil {
			return err
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	response, err := http.Post(url, "application/sdp", bytes.NewBufferString(pc.LocalDescription().SDP))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("answer %d: %s", response.StatusCode, answer)
	}
	return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(answer)})
}

// receive counts packets, and sequence numbers that were skipped for good or for a while.
func (v *viewer) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
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
	last := -1
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		sequence := int(buffer[2])<<8 | int(buffer[3])
		if last >= 0 {
			if d := (sequence - last) & 0xffff; d > 1 && d < 1000 {
				atomic.AddInt64(&gaps, int64(d-1))
			}
		}
		last = sequence
		atomic.AddInt64(&packets, 1)
		atomic.AddInt64(&v.packets, 1)
		atomic.AddInt64(&byteCount, int64(n))
		if !video {
			atomic.AddInt64(&sounds, 1)
		} else if buffer[1]&0x80 != 0 {
			atomic.AddInt64(&pictures, 1)
		}
	}
}

// cpuSeconds is user and system time of a process, in clock ticks of 10 ms.
func cpuSeconds(pid int) float64 {
	if pid == 0 {
		return 0
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+2:])
	user, _ := strconv.ParseFloat(string(fields[11]), 64)
	system, _ := strconv.ParseFloat(string(fields[12]), 64)
	return (user + system) / 100
}

// residentKilobytes is the memory of a process that is in use now.
func residentKilobytes(pid int) int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for _, line := range bytes.Split(status, []byte("\n")) {
		if fields := bytes.Fields(line); len(fields) > 1 && string(fields[0]) == "VmRSS:" {
			kilobytes, _ := strconv.ParseInt(string(fields[1]), 10, 64)
			return kilobytes
		}
	}
	return 0
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
