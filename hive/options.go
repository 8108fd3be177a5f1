package hive

import (
	"maps"
	"time"
)

// Options are the settings of one statement. The zero value is useful.
type Options struct {
	// FetchSize is the number of rows to ask for at a time; 0 takes [Config.FetchSize].
	FetchSize int
	// Conf is configuration for this statement only (Thrift's confOverlay), e.g. "hive.execution.engine": "mr". Hive's
	// SET statement ignores it, and Spark does so in every statement: use SET or [Config.SessionConf] there.
	Conf map[string]string
	// Timeout makes the server stop the statement, with [ErrQueryTimeout]; 0 takes [Config.QueryTimeout]. The server
	// counts whole seconds: the value is rounded up. To stop sooner, and in any phase, end the context.
	Timeout time.Duration
	// Tag marks the query on the server (hive.query.tag, Hive 3 and later), where KILL QUERY and the logs know it.
	Tag string
	// OnProgress is called with the server's progress while the statement runs, from the goroutine that waits for it.
	// Only Hive on Tez reports; asking costs the server some work, so nil does not ask.
	OnProgress func(Progress)
	// OnLog is called with each line of the operation's log, while the statement runs and once it has ended, from the
	// goroutine that waits for it.
	OnLog func(line string)
}

// Progress is how far a statement is, as the server's execution engine tells it.
type Progress struct {
	// Headers and Rows are the engine's own table, e.g. VERTICES, STATUS, TOTAL, COMPLETED ….
	Headers []string
	Rows    [][]string
	// Fraction is the done part of the work, 0 to 1.
	Fraction float64
	// Status is IN_PROGRESS, COMPLETE or NOT_AVAILABLE.
	Status string
	// Footer is the engine's summary, e.g. "VERTICES: 01/02".
	Footer string
	// Started is when the engine began, zero if it does not tell.
	Started time.Time
}

// overlay is the statement's confOverlay, nil if there is none.
func (o *Options) overlay() map[string]string {
	if o.Tag == "" {
		return o.Conf
	}
	conf := maps.Clone(o.Conf)
	if conf == nil {
		conf = make(map[string]string, 1)
	}
	conf["hive.query.tag"] = o.Tag
	return conf
}

// timeoutSeconds is the query timeout on the wire.
func (o *Options) timeoutSeconds(fallback time.Duration) int64 {
	d := o.Timeout
	if d == 0 {
		d = fallback
	}
	return int64((d + time.Second - 1) / time.Second)
}
