package hivereflect

import (
	"bufio"
	"context"
	"net"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"
	"go.uber.org/goleak"

	"github.com/skep-go/skep/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is what a fake metastore says to a call: a result, or octets, or nothing. Then it may hang up.
type answer struct {
	result thrift.TStruct
	body   []byte // of a reply; what is no struct is followed by nothing more
	raw    []byte
	hangUp bool
}

// unknownMethod is what a server says to a call that it does not know.
var unknownMethod = answer{result: thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, "Invalid method name")}

// fakeMetastore answers by the script, for faults that a real one cannot be made to have. A call that is not there is
// unknown to it. Every metastore greets.
func fakeMetastore(t *testing.T, version string, script func(method string, call int) (answer, bool)) MetastoreConfig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		calls := map[string]int{}
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			serve(nc, version, calls, script)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return MetastoreConfig{URIs: []string{"thrift://" + l.Addr().String()}, Connections: 1}
}

func serve(nc net.Conn, version string, calls map[string]int, script func(string, int) (answer, bool)) {
	defer nc.Close()
	r := bufio.NewReader(nc)
	for {
		msg, err := wire.ReadMessage(r, nil, 1<<20)
		if err != nil {
			return
		}
		head, err := wire.ParseMessage(msg)
		if err != nil {
			return
		}
		a, known := script(head.Name, calls[head.Name])
		calls[head.Name]++
		switch {
		case known:
		case head.Name == "set_ugi":
			a = answer{result: &hms.ThriftHiveMetastoreSetUgiResult{Success: []string{}}}
		case head.Name == "getVersion":
			a = answer{result: versionResult(version)}
		default:
			a = unknownMethod
		}
		if a.raw != nil {
			_, _ = nc.Write(a.raw)
		}
		if a.body != nil {
			msg := append(reply(head, nothing{}), a.body...)
			_, _ = nc.Write(msg)
			a.hangUp = wire.Validate(msg) != nil
		}
		if a.result != nil {
			_, _ = nc.Write(reply(head, a.result))
		}
		if a.hangUp {
			return
		}
	}
}

func reply(head wire.Header, result thrift.TStruct) []byte {
	typ := thrift.REPLY
	if _, is := result.(thrift.TApplicationException); is {
		typ = thrift.EXCEPTION
	}
	buf := thrift.NewTMemoryBuffer()
	p := thrift.NewTBinaryProtocolConf(buf, nil)
	_ = p.WriteMessageBegin(context.Background(), head.Name, typ, head.Seq)
	_ = result.Write(context.Background(), p)
	return buf.Bytes()
}

// versionResult is the result of getVersion.
type versionResult string

func (versionResult) Read(context.Context, thrift.TProtocol) error { return nil }

func (v versionResult) Write(ctx context.Context, p thrift.TProtocol) error {
	_ = p.WriteFieldBegin(ctx, "success", thrift.STRING, 0)
	_ = p.WriteString(ctx, string(v))
	return p.WriteFieldStop(ctx)
}

// nothing is a result without so much as an end.
type nothing struct{}

func (nothing) Read(context.Context, thrift.TProtocol) error  { return nil }
func (nothing) Write(context.Context, thrift.TProtocol) error { return nil }
