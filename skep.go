// Package skep opens engines of the toolkit on Hive. Importing it makes URLs of the scheme hive known to package engine:
//
//	e, err := engine.Open("hive://user@host:10000/default?dialect=hive", engine.Config{})
//
// A URL is a data source name of [hive.ParseDSN], in which dialect may be added: that of the server, which is hive (4.0
// and newer) if nothing is said, or hive3.1, hive2.3, spark. [Connect] asks the server.
package skep

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

func init() {
	_ = engine.Register("hive", open) // a scheme that is taken stays with who was first
}

func open(url string) (engine.Target, error) {
	dsn, name := withoutDialect(url)
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		return engine.Target{}, err
	}
	d, err := compile.Lookup(name)
	if err != nil {
		return engine.Target{}, err
	}
	return Target(cfg, d)
}

// withoutDialect takes the parameter dialect out of a URL.
func withoutDialect(url string) (dsn, name string) {
	const key = "dialect="
	name = dialect.New(dialect.Hive40).Name()
	base, query, _ := strings.Cut(url, "?")
	params := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		value, ok := strings.CutPrefix(p, key)
		if ok {
			name = value
		}
		return ok
	})
	if query = strings.Join(params, "&"); query != "" {
		base += "?" + query
	}
	return base, name
}

// Target is what an engine needs for servers that cfg describes and that speak the dialect. It does not connect.
func Target(cfg *hive.Config, d compile.Dialect) (engine.Target, error) {
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		return engine.Target{}, err
	}
	url, err := engine.ParseURL(cfg.FormatDSN())
	if err != nil {
		return engine.Target{}, err
	}
	inspect := func(e *engine.Engine) (schema.Inspector, error) {
		h, err := Inspect(e)
		if err != nil {
			return nil, err
		}
		return h, nil
	}
	return engine.Target{
		Connector: connector, Dialect: d, Carrier: Carry, Decoders: Decoders(d, cfg.Location), URL: url, Inspect: inspect,
	}, nil
}

// inspecting is how many sessions an inspector borrows of an engine at a time.
const inspecting = 4

// Inspect tells what tables the database of an engine has, in sessions of its pool. It is what the engine's own Inspector
// gives, with what only Hive has. The engine's dialect must be one of Hive's; that its driver must be package driver shows when
// it is used.
func Inspect(e *engine.Engine) (*hivereflect.HiveServer, error) {
	d, ok := e.Dialect().(*dialect.Hive)
	if !ok {
		return nil, fmt.Errorf("skep: the engine speaks %s, and not a dialect of Hive", e.Dialect().Name())
	}
	return hivereflect.NewHiveServer(d, inspecting, func(ctx context.Context, use func(*hive.Session) error) error {
		return e.Raw(ctx, func(driverConn any) error {
			c, ok := driverConn.(*driver.Conn)
			if !ok {
				return fmt.Errorf("skep: the engine's connections are of %T, and not of package driver", driverConn)
			}
			return use(c.Session())
		})
	}), nil
}

// Connect makes an engine of a data source name, for the dialect that the server speaks. It opens a session to ask for
// that, and closes it. Plug-ins are called before. A server that is not known is a [*dialect.ServerError].
func Connect(ctx context.Context, dsn string, c engine.Config) (*engine.Engine, error) {
	if strings.HasPrefix(dsn, "jdbc:") {
		cfg, err := hive.ParseDSN(dsn)
		if err != nil {
			return nil, err
		}
		dsn = cfg.FormatDSN()
	}
	return engine.OpenBy(func(url string) (engine.Target, error) {
		cfg, err := hive.ParseDSN(url)
		if err != nil {
			return engine.Target{}, err
		}
		d, err := spoken(ctx, cfg)
		if err != nil {
			return engine.Target{}, err
		}
		return Target(cfg, d)
	}, dsn, c)
}

// spoken asks a server for its version, and gives the dialect of that.
func spoken(ctx context.Context, cfg *hive.Config) (*dialect.Hive, error) {
	s, err := hive.Connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	product, version, err := s.ServerVersion(ctx)
	if closeErr := s.Close(ctx); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	v, err := dialect.OfServer(product, version)
	if err != nil {
		return nil, err
	}
	return dialect.New(v), nil
}

// Carry is the [engine.Carrier] of package driver, for an engine that is made of a pool by [engine.New]: it hands over the
// options, and has results be read by columns.
func Carry(ctx context.Context, o engine.DriverOptions) (context.Context, error) {
	options := hive.Options{FetchSize: o.FetchSize, Conf: o.Conf, Timeout: o.Timeout, Tag: o.Tag, OnLog: o.OnLog}
	if o.OnProgress != nil {
		options.OnProgress = func(p hive.Progress) {
			o.OnProgress(engine.Progress{Fraction: p.Fraction, Status: p.Status, Headers: p.Headers, Rows: p.Rows})
		}
	}
	if o.OnBatches != nil {
		ctx = driver.WithBatches(ctx, func(b *driver.Batches) { o.OnBatches(newBatches(b)) })
	}
	return driver.WithOptions(ctx, options), nil
}
