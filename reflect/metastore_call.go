package hivereflect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
	"github.com/skep-go/skep/internal/wire"
)

// metaConn is a connection to a metastore.
type metaConn struct {
	rpc      *rpc.Client
	endpoint *endpoint
	user     string
	major    int  // of the server's version; 0 if it does not tell
	pending  int  // replies on their way
	received int  // octets of the last reply
	garbled  bool // a reply made no sense
	reused   bool // it has waited for its caller
}

// err tells why the connection cannot be used any more.
func (c *metaConn) err() error {
	if c.garbled {
		return errGarbled
	}
	return c.rpc.Err()
}

var errGarbled = errors.New("a reply made no sense")

// request is a call on its way.
type request struct {
	call   *rpc.Call
	method string
}

// start sends a request. Replies must be taken in the order of the requests.
func (c *metaConn) start(ctx context.Context, method string, args thrift.TStruct) (request, error) {
	call, err := c.rpc.Start(ctx, method, args)
	if err == nil {
		c.pending++
	}
	return request{call, method}, err
}

// finish takes a reply. An exception of the server is the error: see failure.
func (c *metaConn) finish(ctx context.Context, r request, result thrift.TStruct) error {
	body, err := r.call.Reply(ctx)
	var exception *rpc.ExceptionError
	switch {
	case errors.As(err, &exception):
		c.pending--
		return err
	case err != nil:
		return err
	}
	c.pending--
	c.received = len(body)
	if err := rpc.Decode(body, result); err != nil {
		c.garbled = true
		return err
	}
	return c.failure(r.method, result)
}

func (c *metaConn) call(ctx context.Context, method string, args, result thrift.TStruct) error {
	r, err := c.start(ctx, method, args)
	if err != nil {
		return err
	}
	return c.finish(ctx, r, result)
}

// ahead is how many requests are sent ahead of their replies: little enough for the buffers on the way, for a server that
// cannot get rid of its replies reads no requests.
const ahead = 32

// pipeline makes n calls.
func (c *metaConn) pipeline(ctx context.Context, n int, start func(i int) (request, error), finish func(i int, r request) error) error {
	var under []request
	for done, sent := 0, 0; done < n; {
		for ; sent < n && len(under) < ahead; sent++ {
			r, err := start(sent)
			if err != nil {
				return err
			}
			under = append(under, r)
		}
		if err := finish(done, under[0]); err != nil {
			return err
		}
		under = under[1:]
		done++
	}
	return nil
}

// missingError is the server's word that something is not there.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }

// failure reads the exceptions in a result, which are its fields O1, O2 and so on.
func (c *metaConn) failure(method string, result thrift.TStruct) error {
	v := reflect.ValueOf(result).Elem()
	for i := range v.NumField() {
		x, ok := v.Field(i).Interface().(thrift.TException)
		if !ok || v.Field(i).IsNil() {
			continue
		}
		switch x := x.(type) {
		case *hms.NoSuchObjectException:
			return &missingError{x.Message}
		case *hms.UnknownDBException:
			return &missingError{x.Message}
		case *hms.UnknownTableException:
			return &missingError{x.Message}
		case *hms.MetaException:
			return c.serverError(method, "MetaException", x.Message)
		case *hms.InvalidOperationException:
			return c.serverError(method, "InvalidOperationException", x.Message)
		}
		return c.serverError(method, strings.TrimPrefix(fmt.Sprintf("%T", x), "*hive_metastore."), x.Error())
	}
	return nil
}

// denied finds a refusal in what a MetaException says. There is no other way: the hooks that decide about permissions
// have no exception of their own, and put the class or the words of that which they have into the text of this one.
var denied = regexp.MustCompile(`AccessControlException|AuthorizationException|(?i)permission denied|no privilege '`)

func (c *metaConn) serverError(method, class, message string) error {
	err := &ServerError{method, class, message}
	if denied.MatchString(message) {
		return &PermissionError{c.user, "call " + method, err}
	}
	return err
}

// unknown tells whether a server does not know a method.
func unknown(err error) bool {
	var exception *rpc.ExceptionError
	return errors.As(err, &exception) && exception.Type == rpc.UnknownMethod
}

// greet tells the server who asks, and asks for its version.
func (c *metaConn) greet(ctx context.Context, unsecured bool) error {
	var ugi, version request
	var err error
	if unsecured {
		args := &hms.ThriftHiveMetastoreSetUgiArgs{UserName: c.user, GroupNames: []string{}}
		if ugi, err = c.start(ctx, "set_ugi", args); err != nil {
			return err
		}
	}
	if version, err = c.start(ctx, "getVersion", noArgs{}); err != nil {
		return err
	}
	if unsecured {
		if err := c.finish(ctx, ugi, &hms.ThriftHiveMetastoreSetUgiResult{}); err != nil {
			return err
		}
	}
	var text stringResult
	if err := c.finish(ctx, version, &text); err != nil && !(unsecured && unknown(err)) {
		return err
	}
	major, _, _ := strings.Cut(text.Success, ".")
	c.major, _ = strconv.Atoi(major)
	return nil
}

// explain says what is wrong with a server that does not answer as a metastore.
func (c *metaConn) explain(err error) error {
	uri := c.endpoint.uri.String()
	var status *transport.StatusError
	var corrupt *wire.CorruptError
	var exception *rpc.ExceptionError
	switch {
	case errors.As(err, &status) && (status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden):
		return &PermissionError{c.user, "log in", err}
	case errors.As(err, &status):
		return &ProtocolError{uri, err, "check the path, which metastore.server.thrift.http.path names"}
	case unknown(err):
		return &ProtocolError{uri, err, "is it a HiveServer2?"}
	case errors.As(err, &exception):
		return &ServerError{exception.Method, "TApplicationException", exception.Message}
	case errors.As(err, &corrupt), errors.Is(err, rpc.ErrOutOfStep), c.garbled:
		return &ProtocolError{uri, err, "is it a HiveServer2, or does the metastore use frames, SASL, TLS or HTTP?"}
	case c.major == 0 && hungUp(err):
		return &ProtocolError{uri, err, "the server hung up: does the metastore want SASL, TLS, frames or HTTP?"}
	}
	return err
}

func hungUp(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &op) && op.Op == "read"
}

// isNetwork tells a connection that is gone from one that was given up for what came over it.
func isNetwork(err error) bool {
	var op *net.OpError
	return hungUp(err) || errors.As(err, &op) || errors.Is(err, net.ErrClosed)
}

// noArgs are the arguments of a method that has none.
type noArgs struct{}

func (noArgs) Read(ctx context.Context, p thrift.TProtocol) error { return p.Skip(ctx, thrift.STRUCT) }

func (noArgs) Write(ctx context.Context, p thrift.TProtocol) error {
	return errors.Join(p.WriteStructBegin(ctx, "args"), p.WriteFieldStop(ctx), p.WriteStructEnd(ctx))
}

// stringResult is the result of a method that returns a string. Those of fb303 are not among the generated types.
type stringResult struct{ Success string }

func (r *stringResult) Write(context.Context, thrift.TProtocol) error { return errors.ErrUnsupported }

func (r *stringResult) Read(ctx context.Context, p thrift.TProtocol) error {
	return eachField(ctx, p, func(f fieldHead) (err error) {
		if f == (fieldHead{0, thrift.STRING}) {
			r.Success, err = p.ReadString(ctx)
			return err
		}
		return p.Skip(ctx, f.typ)
	})
}
