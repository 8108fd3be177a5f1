package route

import "math/rand/v2"

// Policy says which of the followers takes a read.
type Policy uint8

// The policies.
const (
	RoundRobin    Policy = iota // one after the other
	Random                      // any, all alike
	LeastInFlight               // the one with the fewest reads that are not over, their rows included
	Weighted                    // any, by their weights
	policies
)

// choose chooses among nodes, of which there is one at least. turn is the place in the cluster at which it is to begin.
func (p Policy) choose(nodes []*node, turn int) *node {
	switch p {
	case Random:
		return nodes[rand.IntN(len(nodes))]
	case Weighted:
		return byWeight(nodes)
	}
	best := nodes[0]
	for _, n := range nodes[1:] {
		if p.before(n, best, turn) {
			best = n
		}
	}
	return best
}

// before reports whether a comes before b.
func (p Policy) before(a, b *node, turn int) bool {
	if p == LeastInFlight && a.inFlight != b.inFlight {
		return a.inFlight < b.inFlight
	}
	if had := a.place < turn; had != (b.place < turn) {
		return !had
	}
	return a.place < b.place
}

func byWeight(nodes []*node) *node {
	sum := 0
	for _, n := range nodes {
		sum += n.weight
	}
	i := 0
	for at := rand.IntN(sum); at >= nodes[i].weight; i++ {
		at -= nodes[i].weight
	}
	return nodes[i]
}
