package expr

// A [schema.Custom] type may say what stands in SQL for its values and its columns. Values inside of what its methods
// give are taken as they are, for all statements: they must follow from the type alone.

// ValueWrapper is a custom type whose values stand within an expression: where a statement has a value of the type, it
// says lower('…').
type ValueWrapper interface {
	// WrapValue is the expression of a value, which is of the type that the database has.
	WrapValue(v Any) Expr
}

// ColumnWrapper is a custom type whose columns are read by an expression: where they are columns of a query's result, it
// says hex(x). Queries within others, and those that are inserted, have the columns as they are stored.
type ColumnWrapper interface {
	// WrapColumn is the expression of a column, or of another expression of the type. What it gives goes to FromDB.
	WrapColumn(column Any) Expr
}
