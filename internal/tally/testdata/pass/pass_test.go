package pass

import "testing"

func TestA(t *testing.T) {
	t.Log("quiet")
	t.Run("sub", func(*testing.T) {})
}
