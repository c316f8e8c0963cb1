package main

import (
	"net"
	"syscall"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"
)

// largeNet gives every socket room for a key frame of each viewer, so that what is counted as lost was lost by the
// server.
type largeNet struct{ *stdnet.Net }

const receiveBufferForce = 33

func (l largeNet) ListenUDP(network string, address *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(network, address)
	if err != nil {
		return nil, err
	}
	if raw, err := conn.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, receiveBufferForce, 2<<20) })
	}
	return conn, nil
}

func newNet() *largeNet {
	n, err := stdnet.NewNet()
	must(err)
	return &largeNet{n}
}
