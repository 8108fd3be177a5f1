package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

// Config says how the pool of an engine is to be. The zero value of a field takes the default.
type Config struct {
	// PoolSize is how many sessions are kept when they are not used. Default 5; Unlimited also lets the pool open as many
	// as are asked for.
	PoolSize int
	// MaxOverflow is how many more may be open at a time. Default 10; None, or Unlimited.
	MaxOverflow int
	// PoolTimeout is how long to wait for a session, over which there is a [*CheckoutError]. Default 30s; negative waits
	// as long as the context lets.
	PoolTimeout time.Duration
	// PoolRecycle is how old a session becomes. Default without end.
	PoolRecycle time.Duration
	// IdleTimeout is how long a session is kept when it is not used. Default without end.
	IdleTimeout time.Duration
	// CacheSize is how many compiled statements are kept. Default [compile.DefaultCacheSize].
	CacheSize int
	// Connect is called with each session that the pool opens. An error closes it.
	Connect func(ctx context.Context, c driver.Conn) error
	// Plugins are called by Open, behind those that the URL names; see [RegisterPlugin].
	Plugins []string
	// Options are those of the engine.
	Options Options
}

// Numbers of sessions that are none.
const (
	None      = -1
	Unlimited = math.MaxInt32
)

// Target is what a URL stands for.
type Target struct {
	Connector driver.Connector
	Dialect   compile.Dialect
	Carrier   Carrier  // nil if the driver takes no options with a statement
	Decoders  Decoders // nil if the driver gives Go values
	URL       URL      // for [Engine.URL]; Open gives it
	// Inspect makes what tells the tables of the engine's database. It is nil if nothing does.
	Inspect func(*Engine) (schema.Inspector, error)
}

// Opener reads a URL. One that is registered does not connect.
type Opener func(url string) (Target, error)

var openers = struct {
	sync.RWMutex
	byScheme map[string]Opener
}{byScheme: map[string]Opener{}}

// Register makes a scheme of URLs known to [Open], as "db" of "db://host/name". A scheme that is known already is a
// [*SchemeError].
func Register(scheme string, o Opener) error {
	openers.Lock()
	defer openers.Unlock()
	scheme = strings.ToLower(scheme)
	if _, taken := openers.byScheme[scheme]; taken {
		return &SchemeError{Scheme: scheme, Taken: true}
	}
	openers.byScheme[scheme] = o
	return nil
}

// SchemeError reports the scheme of a URL that is not known, or that is registered twice.
type SchemeError struct {
	Scheme string
	Taken  bool
	Known  []string
}

func (e *SchemeError) Error() string {
	if e.Taken {
		return fmt.Sprintf("engine: the scheme %q is registered already", e.Scheme)
	}
	known := "none is known"
	if len(e.Known) > 0 {
		known = "there are: " + strings.Join(e.Known, ", ")
	}
	return fmt.Sprintf("engine: nothing opens URLs of the scheme %q; %s. Is the package that registers it imported?", e.Scheme, known)
}

// Open makes an engine of a URL. It does not connect: what cannot be reached is an error of the first statement.
func Open(url string, c Config) (*Engine, error) {
	opener, err := openerOf(url)
	if err != nil {
		return nil, err
	}
	return OpenBy(opener, url, c)
}

// OpenBy is [Open] by an opener that need not be registered.
func OpenBy(opener Opener, url string, c Config) (*Engine, error) {
	u, err := ParseURL(url)
	if err != nil {
		return nil, err
	}
	if len(c.Plugins) > 0 || u.Query().Has(pluginKey) {
		if u, err = pluggedIn(u, &c); err != nil {
			return nil, err
		}
		url = u.Reveal()
	}
	target, err := opener(url)
	if err != nil {
		return nil, err
	}
	target.URL = u
	return OpenTarget(target, c), nil
}

func openerOf(url string) (Opener, error) {
	scheme, _, ok := strings.Cut(url, "://")
	if !ok {
		scheme = "" // what stands there may be a password
	}
	scheme = strings.ToLower(scheme)
	openers.RLock()
	defer openers.RUnlock()
	if o := openers.byScheme[scheme]; o != nil {
		return o, nil
	}
	return nil, &SchemeError{Scheme: scheme, Known: slices.Sorted(maps.Keys(openers.byScheme))}
}

// OpenTarget makes an engine of a connector, as Open does of a URL.
func OpenTarget(t Target, c Config) *Engine {
	connector := t.Connector
	if c.Connect != nil {
		connector = &hooked{connector, c.Connect}
	}
	db := sql.OpenDB(connector)
	size, overflow := orDefault(c.PoolSize, 5), orDefault(c.MaxOverflow, 10)
	db.SetMaxIdleConns(size)
	if size < Unlimited && overflow < Unlimited {
		db.SetMaxOpenConns(max(size+overflow, 1))
	}
	db.SetConnMaxLifetime(c.PoolRecycle)
	db.SetConnMaxIdleTime(c.IdleTimeout)
	o := c.Options
	if o.Carrier == nil {
		o.Carrier = t.Carrier
	}
	if o.Decoders == nil {
		o.Decoders = t.Decoders
	}
	p := &pool{
		db: db, dialect: t.Dialect, cache: compile.NewCache(t.Dialect, c.CacheSize), checkout: c.PoolTimeout, url: t.URL, inspect: t.Inspect,
	}
	if p.checkout == 0 {
		p.checkout = 30 * time.Second
	}
	return &Engine{pool: p, options: o}
}

// orDefault is a number of sessions.
func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return max(n, 0)
}

// hooked is a connector whose sessions are shown to a function.
type hooked struct {
	driver.Connector
	opened func(context.Context, driver.Conn) error
}

// Connect implements [driver.Connector].
func (h *hooked) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := h.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.opened(ctx, c); err != nil {
		_ = c.Close() // the error that counts is that of the function
		return nil, err
	}
	return c, nil
}
