package compile

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Dialect is how a server spells SQL. These methods are what every dialect needs; what it may have besides are the
// interfaces [NodeCompiler], [Speller] and [Binder], by which it handles, extends or refuses any part of a tree.
//
// A dialect does not change once it is in use, and is safe for concurrent use. A dialect for another version of a
// server is another Dialect.
type Dialect interface {
	// Name is the name under which the dialect is registered.
	Name() string
	// AppendIdent appends a name as an identifier, quoted if it must be. A name that no quoting makes safe is an error.
	AppendIdent(dst []byte, name string) ([]byte, error)
	// AppendLiteral appends a value as a literal of the type, which is nil if it is not known. A value that has no
	// literal is an error. This is the boundary that keeps values from being read as SQL.
	AppendLiteral(dst []byte, v any, t schema.Type) ([]byte, error)
	// TypeName spells a type. A type that the server does not have is an error.
	TypeName(t schema.Type) (string, error)
	// Supports reports whether the dialect has a feature, in the form of the standard or in one that it writes itself, and,
	// if it has not, what to write instead, "" if there is nothing. The compiler refuses what is not supported.
	Supports(f Feature) (ok bool, instead string)
}

// NodeCompiler is a [Dialect] that has the first word on every node, also on those that it, or somebody else, has
// defined. It writes by the methods of c and returns how tight what it wrote binds; ok false leaves the node to the
// compiler, which refuses a node that it does not know.
type NodeCompiler interface {
	CompileNode(c *Compiler, n expr.Node) (level Level, ok bool)
}

// Speller is a [Dialect] whose operators are not those of the standard.
type Speller interface {
	// Operator gives the spelling of an operator; ok false means that of the standard.
	Operator(op expr.Op) (o Operator, ok bool)
}

// Binder is a [Dialect] whose server takes values beside the text.
type Binder interface {
	// AppendPlaceholder appends what stands for value n, counted from 1.
	AppendPlaceholder(dst []byte, n int) []byte
	// Bind makes what the driver takes of a value of a type, which is nil if it is not known.
	Bind(v any, t schema.Type) (any, error)
}

// BindLimiter is a [Binder] whose server takes no more than so many values in a statement.
type BindLimiter interface {
	MaxBinds() int
}

// Transactor is a [Dialect] whose server may have transactions that a client begins, commits and rolls back.
type Transactor interface {
	Transactions() bool
}

// TextReader is a [Dialect] that reads statements, as far as to tell what they do.
type TextReader interface {
	// Writes reports whether a statement may change data or definitions.
	Writes(sql string) bool
}

// Setter is a [Dialect] that has a statement for what another one needs: see [Statement.Settings].
type Setter interface {
	// Set is the statement that sets a name to a value for the rest of the session. Only reports that the server takes
	// settings in no other way, such as beside a statement.
	Set(name, value string) (n expr.Node, only bool)
}

// Level is how tight a piece of SQL binds: a higher level binds tighter. Where a lower one stands within a higher one,
// it is put into parentheses.
type Level int

// The levels of the standard. A dialect may put others between them.
const (
	LevelLowest Level = 0
	LevelOr     Level = 100
	LevelAnd    Level = 200
	LevelNot    Level = 300
	LevelIs     Level = 400 // IS, LIKE, IN, BETWEEN and the comparisons
	LevelConcat Level = 500
	LevelBitOr  Level = 510
	LevelBitXor Level = 520
	LevelBitAnd Level = 530
	LevelShift  Level = 540
	LevelAdd    Level = 600
	LevelMul    Level = 700
	LevelUnary  Level = 800
	LevelAtom   Level = 1000 // needs no parentheses anywhere
)

// Operator is the spelling of an operator.
type Operator struct {
	Text  string // with the spaces around it
	Level Level
	// Left and Right are the least levels of what may stand at its sides without parentheses.
	Left, Right Level
}

func leftAssociative(text string, level Level) Operator {
	return Operator{text, level, level, level + 1}
}

// standard gives the operators of the standard.
func standard(op expr.Op) (Operator, bool) {
	switch op {
	case expr.OpAnd:
		return Operator{" AND ", LevelAnd, LevelAnd, LevelAnd + 1}, true
	case expr.OpOr:
		return Operator{" OR ", LevelOr, LevelOr, LevelOr + 1}, true
	case expr.OpNot:
		return Operator{Text: "NOT ", Level: LevelNot, Right: LevelNot + 1}, true
	case expr.OpNeg:
		return Operator{Text: "-", Level: LevelUnary, Right: LevelUnary + 1}, true // - -x, for -- begins a comment
	case expr.OpAdd:
		return leftAssociative(" + ", LevelAdd), true
	case expr.OpSub:
		return leftAssociative(" - ", LevelAdd), true
	case expr.OpMul:
		return leftAssociative(" * ", LevelMul), true
	case expr.OpDiv:
		return leftAssociative(" / ", LevelMul), true
	case expr.OpMod:
		return leftAssociative(" % ", LevelMul), true
	case expr.OpConcat:
		return leftAssociative(" || ", LevelConcat), true
	}
	text := ""
	switch op {
	case expr.OpEq:
		text = " = "
	case expr.OpNe:
		text = " <> "
	case expr.OpLt:
		text = " < "
	case expr.OpLe:
		text = " <= "
	case expr.OpGt:
		text = " > "
	case expr.OpGe:
		text = " >= "
	case expr.OpIs:
		text = " IS "
	case expr.OpIsNot:
		text = " IS NOT "
	case expr.OpDistinct:
		text = " IS DISTINCT FROM "
	case expr.OpNotDistinct:
		text = " IS NOT DISTINCT FROM "
	case expr.OpIn:
		text = " IN "
	case expr.OpNotIn:
		text = " NOT IN "
	case expr.OpLike:
		text = " LIKE "
	case expr.OpNotLike:
		text = " NOT LIKE "
	case expr.OpBetween:
		text = " BETWEEN "
	case expr.OpNotBetween:
		text = " NOT BETWEEN "
	}
	return Operator{text, LevelIs, LevelIs + 1, LevelIs + 1}, text != ""
}

// Feature is something that not every server has.
type Feature uint8

// The features. Each names a construct of package expr or ddl.
const (
	RightJoins Feature = iota
	FullJoins
	SemiJoins
	AntiJoins
	UsingJoins
	NullsOrder          // NULLS FIRST, NULLS LAST
	Offsets             // OFFSET
	OffsetsWithoutLimit // OFFSET without LIMIT
	DistinctOns         // SELECT DISTINCT ON
	Intersects          // INTERSECT and EXCEPT
	SetAlls             // INTERSECT ALL and EXCEPT ALL
	RecursiveCTEs
	GroupingSets // GROUPING SETS, ROLLUP and CUBE
	Qualifies    // QUALIFY
	NamedWindows
	Locks // FOR UPDATE
	Hints
	TupleComparisons // (a, b) IN ((1, 2))
	Quantifiers      // > ANY (SELECT …), > ALL (SELECT …)
	DistinctFroms    // IS DISTINCT FROM
	TruthTests       // IS TRUE, IS FALSE
	LikeEscapes      // LIKE … ESCAPE
	Filters          // FILTER (WHERE …) behind an aggregate
	AggregateOrders  // ORDER BY within an aggregate
	BitOperators
	Shifts
	Quotients // IntDiv
	Regexps
	Collations
	Intervals
	Arrays // element access and constructors of arrays and maps
	Structs
	ScalarQueries
	ValuesTables
	MultiRowInserts
	InsertDefaults
	Updates
	UpdateFroms // UPDATE … FROM; without it, but with MERGE, that is what becomes of it
	Deletes
	DeleteUsings // DELETE … USING; likewise
	Merges
	ChangeCTEs // WITH before UPDATE, DELETE and MERGE; without it, a common table expression is written where it is read
	Returnings
	Schemas        // CREATE SCHEMA, DROP SCHEMA
	IfExists       // IF EXISTS, IF NOT EXISTS
	ReplacedViews  // CREATE OR REPLACE VIEW
	Indexes        // CREATE INDEX, DROP INDEX
	AddConstraints // ALTER TABLE … ADD CONSTRAINT, DROP CONSTRAINT
	NotEnforced    // constraints that are declared only
	Comments       // COMMENT ON
	InlineComments // COMMENT within CREATE TABLE
	ComputedColumns
	Identities
	featureCount
)

var featureNames = [featureCount]string{
	"RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN", "JOIN … USING", "NULLS FIRST and NULLS LAST", "OFFSET",
	"OFFSET without LIMIT", "DISTINCT ON", "INTERSECT and EXCEPT", "INTERSECT ALL and EXCEPT ALL", "WITH RECURSIVE",
	"GROUPING SETS, ROLLUP and CUBE", "QUALIFY", "WINDOW", "FOR UPDATE", "hints", "the comparison of tuples",
	"ANY and ALL", "IS DISTINCT FROM",
	"IS TRUE and IS FALSE", "LIKE … ESCAPE", "FILTER", "ORDER BY within an aggregate", "bit operators", "shifts",
	"a division that leaves out the fraction", "regular expressions",
	"COLLATE", "INTERVAL", "arrays and maps", "structs", "a query as a value", "VALUES as a table",
	"INSERT of several rows", "INSERT of defaults", "UPDATE", "UPDATE … FROM", "DELETE", "DELETE … USING", "MERGE", "WITH before UPDATE, DELETE and MERGE", "RETURNING",
	"schemas", "IF EXISTS and IF NOT EXISTS", "CREATE OR REPLACE VIEW", "indexes", "ALTER TABLE … CONSTRAINT",
	"constraints that are not enforced", "COMMENT ON", "comments in CREATE TABLE", "computed columns", "identity columns",
}

func (f Feature) String() string {
	if f < featureCount {
		return featureNames[f]
	}
	return "an unknown feature"
}

// Features are all of them, for those who ask a dialect about each.
func Features() []Feature {
	list := make([]Feature, featureCount)
	for i := range list {
		list[i] = Feature(i)
	}
	return list
}
