#extension GL_EXT_scalar_block_layout : require
