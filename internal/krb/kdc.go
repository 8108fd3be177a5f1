package krb

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
)

const (
	kdcTimeout = 5 * time.Second // for one KDC, so that the next one gets its turn
	maxReply   = 1 << 20
	maxUDP     = 64 << 10
)

// ask sends a request to the KDCs of a realm, one after another until one answers. A refusal is a *kdcError.
func (c *conf) ask(ctx context.Context, realm string, request []byte) ([]byte, error) {
	addrs, err := c.kdcs(ctx, realm)
	if err != nil {
		return nil, err
	}
	var failures []error
	for _, addr := range addrs {
		reply, err := askTCP(ctx, addr, request)
		if err != nil && ctx.Err() == nil && c.LibDefaults.UDPPreferenceLimit != 1 {
			if r, e := askUDP(ctx, addr, request); e == nil {
				reply, err = r, nil
			}
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("KDC %s: %w", addr, err))
			continue
		}
		refusal := readKRBError(reply)
		switch {
		case refusal == nil:
			return reply, nil
		case refusal.code == errorcode.KDC_ERR_SVC_UNAVAILABLE:
			failures = append(failures, fmt.Errorf("KDC %s: %w", addr, refusal))
		default:
			return nil, refusal
		}
	}
	if ctx.Err() != nil {
		failures = append(failures, context.Cause(ctx))
	}
	return nil, &unreachableError{realm, failures}
}

// unreachableError says that no KDC of a realm answered.
type unreachableError struct {
	realm    string
	failures []error
}

func (e *unreachableError) Error() string {
	texts := make([]string, len(e.failures))
	for i, f := range e.failures {
		texts[i] = f.Error()
	}
	return "no KDC of the realm " + e.realm + " answers: " + strings.Join(texts, "; ")
}

func (e *unreachableError) Unwrap() []error { return e.failures }

// askTCP sends a request with its length before it (RFC 4120, 7.2.2).
func askTCP(ctx context.Context, addr string, request []byte) ([]byte, error) {
	return converse(ctx, "tcp", addr, func(conn net.Conn) ([]byte, error) {
		if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(request))), request...)); err != nil {
			return nil, err
		}
		var head [4]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return nil, err
		}
		size := binary.BigEndian.Uint32(head[:])
		if size > maxReply {
			return nil, fmt.Errorf("a reply of %d bytes is no KDC's", size)
		}
		reply := make([]byte, size)
		_, err := io.ReadFull(conn, reply)
		return reply, err
	})
}

func askUDP(ctx context.Context, addr string, request []byte) ([]byte, error) {
	return converse(ctx, "udp", addr, func(conn net.Conn) ([]byte, error) {
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		reply := make([]byte, maxUDP)
		n, err := conn.Read(reply)
		if err != nil {
			return nil, err
		}
		if e := readKRBError(reply[:n]); e != nil && e.code == errorcode.KRB_ERR_RESPONSE_TOO_BIG {
			return nil, e // it came over UDP because TCP had failed
		}
		return reply[:n], nil
	})
}

var errNoAnswer = fmt.Errorf("no answer within %v", kdcTimeout)

// converse connects and runs f, which ends with ctx, or for want of an answer.
func converse(ctx context.Context, network, addr string, f func(net.Conn) ([]byte, error)) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, kdcTimeout, errNoAnswer)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	var reply []byte
	if err == nil {
		defer conn.Close()
		stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
		defer stop()
		reply, err = f(conn)
	}
	if err != nil && ctx.Err() != nil { // whatever the network made of it
		err = context.Cause(ctx)
	}
	return reply, err
}
