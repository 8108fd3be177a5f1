package engine

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Options say how statements are executed. The zero value of a field means that nothing is said.
//
// They are said for an engine ([New], [Engine.With]), for a connection ([Conn.With]), for a statement ([Statement]) and
// for a call ([WithOptions]). What is said later in this order counts. Maps are merged key by key, and hooks are added.
type Options struct {
	// FetchSize is the number of rows that the driver asks the server for at a time, and how many [Result.FetchMany]
	// gives by itself.
	FetchSize int
	// YieldPer is the number of rows of a partition of a result, and of a fetch if FetchSize is not said.
	YieldPer int
	// RawNames leaves the names of a result's columns as the server gave them, such as "t.a", and finds them by these only.
	RawNames bool

	// Schemas are names of schemas to write instead of those of tables; "" is the one of tables without a schema, and a
	// schema of "" is not written. What no [schema.Table] describes is left alone: texts, literals, [expr.Name].
	Schemas map[string]string
	// Cache keeps compiled statements instead of the engine's own cache. It must be for the engine's dialect.
	Cache *compile.Cache
	// NoCache compiles each time.
	NoCache bool

	// StatementConf are settings of the server for the one statement.
	StatementConf map[string]string
	// Timeout ends a statement, its rows included.
	Timeout time.Duration
	// Tag marks the statement for the server and in the log.
	Tag string
	// OnProgress is called with the server's progress while the statement runs.
	OnProgress func(Progress)
	// OnLog is called with each line of the server's log of the statement.
	OnLog func(line string)
	// Carrier hands the five above, and FetchSize, to the driver. Without one, Timeout is kept by the engine, FetchSize
	// counts for results only, and the others are refused.
	Carrier Carrier
	// Decoders makes Go values of what the driver gives as text.
	Decoders Decoders

	// CartesianLint is about queries that read from two sources which no condition connects; Warn if it is not said.
	CartesianLint Lint
	// PartitionLint is about queries that read from a partitioned table without a condition on its partitions; Off if it
	// is not said.
	PartitionLint Lint

	// DryRun compiles and logs statements, and sends none.
	DryRun bool
	// HideParameters keeps values out of the log and out of errors: statements are shown with ? for each value, and so is
	// what the server says about a statement, word by word. What errors.As finds behind an error is as the driver gave it.
	HideParameters bool
	// Logger takes the log; slog.Default() if it is not said.
	Logger *slog.Logger
	// LogLevel is that of statements in the log; slog.LevelDebug if it is not said.
	LogLevel slog.Leveler
	// Hooks are called around statements: those that were said first come first before a statement, and last after it.
	Hooks []Hooks
}

// Progress is how far the server is with a statement, as it tells.
type Progress struct {
	Fraction float64 // 0 to 1
	Status   string  // in the server's words
	// Headers and Rows are a table of the parts of the work, if the server has one.
	Headers []string
	Rows    [][]string
}

// DriverOptions are what a [Carrier] hands to the driver.
type DriverOptions struct {
	FetchSize  int
	Conf       map[string]string // StatementConf, and what the statement needs
	Timeout    time.Duration
	Tag        string
	OnProgress func(Progress)
	OnLog      func(line string)
	// OnBatches takes the rows of a query by columns, for results are read faster that way. A driver that has them calls
	// it before the query returns its rows; others leave it.
	OnBatches func(Batches)
}

// Carrier hands options to a driver in the context under which it executes a statement, as the driver wants them. One
// that cannot hand over something that was said returns an error.
type Carrier func(ctx context.Context, o DriverOptions) (context.Context, error)

// Lint says what to do about a statement that is likely to be wrong.
type Lint uint8

// What to do about it. The zero Lint is not said.
const (
	Off    Lint = iota + 1
	Warn        // in the log
	Refuse      // by a [*LintError]
)

// Statement is a statement with options of its own.
type Statement struct {
	Node    expr.Node
	Options Options
}

// Shape implements [expr.Node].
func (s Statement) Shape(shape *expr.Shape) { shape.Node(s.Node) }

// Reads is that of the node. See [expr.Reads].
func (s Statement) Reads() bool { return expr.Reads(s.Node) }

type optionsKey struct{}

// WithOptions returns a context whose statements are executed with the options, in addition to those that ctx has.
func WithOptions(ctx context.Context, o Options) context.Context {
	return context.WithValue(ctx, optionsKey{}, callOptions(ctx).merge(o))
}

func callOptions(ctx context.Context) Options {
	o, _ := ctx.Value(optionsKey{}).(Options)
	return o
}

// merge is o with what more says.
func (o Options) merge(more Options) Options {
	say(&o.FetchSize, more.FetchSize)
	say(&o.YieldPer, more.YieldPer)
	say(&o.RawNames, more.RawNames)
	o.Schemas = overlaid(o.Schemas, more.Schemas)
	if more.Cache != nil {
		o.Cache, o.NoCache = more.Cache, false
	}
	say(&o.NoCache, more.NoCache)
	o.StatementConf = overlaid(o.StatementConf, more.StatementConf)
	say(&o.Timeout, more.Timeout)
	say(&o.Tag, more.Tag)
	if more.OnProgress != nil {
		o.OnProgress = more.OnProgress
	}
	if more.OnLog != nil {
		o.OnLog = more.OnLog
	}
	if more.Carrier != nil {
		o.Carrier = more.Carrier
	}
	if more.Decoders != nil {
		o.Decoders = more.Decoders
	}
	say(&o.CartesianLint, more.CartesianLint)
	say(&o.PartitionLint, more.PartitionLint)
	say(&o.DryRun, more.DryRun)
	say(&o.HideParameters, more.HideParameters)
	say(&o.Logger, more.Logger)
	if more.LogLevel != nil {
		o.LogLevel = more.LogLevel
	}
	o.Hooks = append(slices.Clip(o.Hooks), more.Hooks...)
	return o
}

// say sets what is said.
func say[T comparable](field *T, said T) {
	var zero T
	if said != zero {
		*field = said
	}
}

// overlaid is a map with the entries of more. Neither changes.
func overlaid(m, more map[string]string) map[string]string {
	if len(more) == 0 {
		return m
	}
	if m = maps.Clone(m); m == nil {
		m = make(map[string]string, len(more))
	}
	maps.Copy(m, more)
	return m
}
