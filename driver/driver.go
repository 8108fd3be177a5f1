// Package driver is the database/sql driver for Hive: HiveServer2 2.3 to 4.x, Spark Thrift Server and Kyuubi.
//
//	import (
//		"database/sql"
//
//		_ "github.com/skep-go/skep/driver"
//	)
//
//	db, err := sql.Open("hive", "hive://user@host:10000/default")
//
// The data source name is that of [hive.ParseDSN]. The driver is registered as "skep", and as "hive" unless another
// driver in the program has taken that name first.
//
// # Parameters
//
// Hive has no bind parameters, so values are rendered as literals into the statement, by rules under which no value can
// leave its literal. Placeholders are ? or, with [sql.Named], :name. A slice becomes a list: "x IN (?)". Besides
// database/sql's types, arguments may be of any integer, float or string kind, [hive.Decimal], [hive.Date] and the
// interval types, and anything that implements [database/sql/driver.Valuer]. A time.Time becomes a TIMESTAMP of its wall
// clock in [hive.Config.Location].
//
// # Sessions
//
// Each connection of the pool is one Hive session. A session that a statement may have changed (SET, USE, ADD JAR,
// temporary objects) is not used again once it returns to the pool; pin one with [database/sql.DB.Conn] to use what it changed.
// [database/sql.Conn.Raw] gives a [*Conn], whose Session is the native session.
//
// # Transactions
//
// Hive has none that a client can hold: Begin is refused. With tx=scope in the data source name it pins a session and no
// more, and Rollback after a write returns a [*NotRolledBackError].
package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"

	"github.com/skep-go/skep/hive"
)

func init() {
	for _, name := range []string{"skep", "hive"} {
		if !slices.Contains(sql.Drivers(), name) {
			sql.Register(name, Driver{})
		}
	}
}

// Driver is the driver that database/sql knows as "hive" and "skep".
type Driver struct{}

// Open implements [driver.Driver].
func (d Driver) Open(dsn string) (driver.Conn, error) {
	c, err := d.OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return c.Connect(context.Background())
}

// OpenConnector implements [driver.DriverContext].
func (Driver) OpenConnector(dsn string) (driver.Connector, error) {
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	return NewConnector(cfg)
}

// Connector makes connections with one configuration; see [sql.OpenDB]. Its connections share what a [hive.Connector]
// remembers of the servers.
type Connector struct {
	cfg      *hive.Config
	sessions *hive.Connector
}

// NewConnector returns a Connector for a copy of cfg, or the [*hive.ConfigError] in it.
func NewConnector(cfg *hive.Config) (*Connector, error) {
	sessions, err := hive.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return &Connector{cfg: cfg.Clone(), sessions: sessions}, nil
}

// Connect implements [driver.Connector].
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	session, err := c.sessions.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &Conn{session: session, cfg: c.cfg}, nil
}

// Driver implements [driver.Connector].
func (c *Connector) Driver() driver.Driver { return Driver{} }

type optionsKey struct{}

// WithOptions returns a context under which statements run with the given options: fetch size, configuration for the
// one statement, timeout, tag, and callbacks for progress and logs.
func WithOptions(ctx context.Context, options hive.Options) context.Context {
	return context.WithValue(ctx, optionsKey{}, options)
}

func optionsOf(ctx context.Context) hive.Options {
	options, _ := ctx.Value(optionsKey{}).(hive.Options)
	return options
}

var (
	_ driver.Driver        = Driver{}
	_ driver.DriverContext = Driver{}
	_ driver.Connector     = (*Connector)(nil)
)
