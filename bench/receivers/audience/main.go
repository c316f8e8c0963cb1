// An audience of any size that behaves like the page: each viewer has a WebSocket to signaling-service and a peer
// connection of Pion, follows `move` without letting go of the old picture, and comes back after every interruption.
//
//	audience -url ws://127.0.0.1:8090/signaling -viewers 100 [-rate 20] [-token T]
//
// Once all have a picture it says {"ready":true,...} and then answers lines on its input: "mark" begins a new period,
// "report" prints the figures of the period, the end of the input ends everything. Debian: golang-go
// golang-github-pion-webrtc.v3-dev golang-golang-x-net-dev.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"
)

type report struct {
	Ready   bool `json:"ready"`
	Viewers int  `json:"viewers"`
	// A picture within the last second.
	Watching int     `json:"watching"`
	Seconds  float64 `json:"seconds"`
	// Between two pictures of a viewer, milliseconds: the longest of the period, by viewer.
	LongestGap   int64          `json:"longest_gap_ms"`
	MedianGap    int64          `json:"median_gap_ms"`
	WithoutASec  int            `json:"without_picture_1s"`
	Without3Sec  int            `json:"without_picture_3s"`
	Pictures     int64          `json:"pictures"`
	Packets      int64          `json:"packets"`
	Bytes        int64          `json:"bytes"`
	LostPackets  int64          `json:"lost_packets"`
	Moves        int64          `json:"moves"`
	Reconnects   int64          `json:"reconnects"`
	FailedMoves  int64          `json:"failed_moves"`
	ToldNoMac    int            `json:"told_no_mac"`
	Problem      string         `json:"problem,omitempty"`
	Addresses    map[string]int `json:"addresses"`
	LeastPackets int64          `json:"least_packets"`
}

// Totals of the period.
var packets, byteCount, lost, pictures, moves, reconnects, failedMoves int64

func main() {
	url := flag.String("url", "ws://127.0.0.1:8090/signaling", "signaling-service")
	count := flag.Int("viewers", 1, "viewers")
	rate := flag.Float64("rate", 20, "viewers that join per second")
	token := flag.String("token", "", "sent as a bearer token")
	every := flag.Bool("all-interfaces", false, "use every network interface instead of loopback only")
	patience := flag.Duration("patience", 60*time.Second, "until all have a picture")
	flag.Parse()

	api := newAPI(*every)
	var audience []*viewer
	for i := 0; i < *count; i++ {
		v := &viewer{url: *url, token: *token, api: api}
		audience = append(audience, v)
		go v.live()
		time.Sleep(time.Duration(float64(time.Second) / *rate))
	}
	begin := time.Now()
	for time.Since(begin) < *patience && watching(audience) < *count {
		time.Sleep(50 * time.Millisecond)
	}
	start := mark(audience)
	first := summary(audience, start)
	first.Ready = first.Watching == *count
	say(first)
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		switch input.Text() {
		case "mark":
			start = mark(audience)
			say(map[string]bool{"marked": true})
		case "report":
			say(summary(audience, start))
		default:
			fmt.Fprintln(os.Stderr, "mark or report was expected, found", input.Text())
		}
	}
}

func say(what any) {
	json.NewEncoder(os.Stdout).Encode(what)
}

func watching(audience []*viewer) int {
	n := 0
	for _, v := range audience {
		if v.sincePicture() < time.Second {
			n++
		}
	}
	return n
}

func mark(audience []*viewer) time.Time {
	for _, v := range audience {
		v.mark()
	}
	for _, total := range []*int64{&packets, &byteCount, &lost, &pictures, &moves, &reconnects, &failedMoves} {
		atomic.StoreInt64(total, 0)
	}
	return time.Now()
}

func summary(audience []*viewer, start time.Time) report {
	r := report{
		Viewers: len(audience), Watching: watching(audience), Seconds: time.Since(start).Seconds(),
		Pictures: atomic.LoadInt64(&pictures), Packets: atomic.LoadInt64(&packets), Bytes: atomic.LoadInt64(&byteCount),
		LostPackets: atomic.LoadInt64(&lost), Moves: atomic.LoadInt64(&moves),
		Reconnects: atomic.LoadInt64(&reconnects), FailedMoves: atomic.LoadInt64(&failedMoves),
		Addresses: map[string]int{}, LeastPackets: -1,
	}
	var gaps []int64
	for _, v := range audience {
		longest, received, address, noMac, problem := v.figures()
		gaps = append(gaps, longest.Milliseconds())
		if longest > time.Second {
			r.WithoutASec++
		}
		if longest > 3*time.Second {
			r.Without3Sec++
		}
		if r.LeastPackets < 0 || received < r.LeastPackets {
			r.LeastPackets = received
		}
		r.Addresses[address]++
		if noMac {
			r.ToldNoMac++
		}
		if problem != "" {
			r.Problem = problem
		}
	}
	sort.Slice(gaps, func(i, j int) bool { return gaps[i] < gaps[j] })
	if len(gaps) > 0 {
		r.LongestGap, r.MedianGap = gaps[len(gaps)-1], gaps[len(gaps)/2]
	}
	return r
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
	settings.SetICETimeouts(1200*time.Millisecond, 5*time.Second, 500*time.Millisecond)
	settings.SetNet(newNet())
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(interceptors), webrtc.WithSettingEngine(settings))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
