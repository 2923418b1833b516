/** Files that are read or written: weights, tables, embeddings, and the index over them. */
import { catalogue } from '../catalogue.ts';

export const fileErrors = catalogue({
  'bad-file': ['The file cannot be read: {message}.', '文件无法读取：{message}。'],
  'bad-file.quote': [
    'this is no CSV, or a quotation mark in it stands alone: save the table as CSV, with a line for each photo',
    '这不是 CSV，或其中有单独的引号：请将表格另存为 CSV，每张照片一行。',
  ],
  'bad-file.not-csv': [
    'this is no CSV but another kind of file: save the table as CSV (text in UTF-8), with a line for each photo',
    '这不是 CSV，而是另一种文件：请将表格另存为 CSV（UTF-8 文本），每张照片一行。',
  ],
  'bad-file.not-utf8': [
    'the letters of this CSV are not in UTF-8: save the table as “CSV UTF-8”',
    '此 CSV 的文字不是 UTF-8：请将表格另存为“CSV UTF-8”。',
  ],
  'bad-file.not-npy': [
    '{path} is not an npy file that can be read: {detail}',
    '{path} 不是可读取的 npy 文件（{detail}）：请重新生成它。',
  ],
  'bad-file.short-npy': [
    '{path} is cut off: shape [{shape}] needs {needed} {needed:byte|bytes}, it has {there}',
    '{path} 不完整：形状 [{shape}] 需要 {needed} 字节，只有 {there}：请重新生成它。',
  ],
  'bad-file.not-safetensors': [
    'not a safetensors file that can be read: {detail}',
    '不是可读取的 safetensors 文件（{detail}）：请选择另一个。',
  ],
  'bad-file.damaged': [
    '{path} is damaged: what is in it is not what was written. Restore it from a backup, or make it again',
    '{path} 已损坏，内容与写入时不同：请从备份恢复，或重新生成。',
  ],
  'bad-file.special': [
    '{path} is not a file but a folder, a pipe or a device: name a file',
    '{path} 不是文件，而是文件夹、管道或设备：请指定一个文件。',
  ],
  'no-answer': ['The disk does not answer: check that it is connected.', '磁盘没有响应：请检查它是否已连接。'],
  'no-answer.path': [
    '{path} did not answer within {seconds} {seconds:second|seconds}: check that its disk is connected, or choose another',
    '{path} 在 {seconds} 秒内没有响应：请检查它所在的磁盘是否已连接，或另选一个。',
  ],
  // In one clause, inside the sentences above
  'bad-file.npy-magic': ['it does not begin with NUMPY', '文件不以 NUMPY 开头'],
  'bad-file.npy-head': [
    'its header of {bytes} {bytes:byte|bytes} is cut off or oversized',
    '{bytes} 字节的文件头不完整或过大',
  ],
  'bad-file.npy-names': ['its header names no type or shape', '文件头没有类型或形状'],
  'bad-file.npy-order': [
    'it is stored by column: save it with numpy.ascontiguousarray',
    '它按列存储，请用 numpy.ascontiguousarray 保存',
  ],
  'bad-file.npy-type': ['its type is {type}: float32 and int64 can be read', '类型是 {type}，可读取 float32 与 int64'],
  'bad-file.npy-shape': ['its shape is ({shape})', '形状是 ({shape})'],
  'bad-file.head-short': [
    'it has {bytes} {bytes:byte|bytes}, the header length alone takes {needed}',
    '只有 {bytes} 字节，仅文件头长度就需 {needed} 字节',
  ],
  'bad-file.head-long': [
    'its header claims {length} {length:byte|bytes} of a file of {bytes}; it is cut off or of another format',
    '文件头自称 {length} 字节，文件只有 {bytes} 字节；它不完整，或是别的格式',
  ],
  'bad-file.head-json': ['its header is not JSON ({detail})', '文件头不是 JSON（{detail}）'],
  'bad-file.head-object': ['its header is not a JSON object', '文件头不是 JSON 对象'],
  'bad-file.gap': ['tensor {name} begins at {begin}, where {due} was due', '张量 {name} 始于 {begin}，应为 {due}'],
  'bad-file.end': [
    'its tensors end at {end} of {bytes} {bytes:byte|bytes} of data; it is cut off or has been appended to',
    '张量止于 {end}，数据有 {bytes} 字节；它不完整，或末尾被添加过',
  ],
  'bad-file.dtype': [
    'tensor {name} has type {dtype}; {known} can be read',
    '张量 {name} 的类型是 {dtype}；可读取 {known}',
  ],
  'bad-file.shape': ['tensor {name} has no valid shape', '张量 {name} 没有有效的形状'],
  'bad-file.offsets': ['tensor {name} has no valid offsets', '张量 {name} 没有有效的位置'],
  'bad-file.outside': [
    'tensor {name} lies at {begin} to {end} of {bytes} {bytes:byte|bytes}',
    '张量 {name} 位于 {begin} 到 {end}，数据有 {bytes} 字节',
  ],
  'bad-file.size': [
    'tensor {name} of shape [{shape}] takes {bytes} {bytes:byte|bytes}, its offsets give {there}',
    '张量 {name}（形状 [{shape}]）需要 {bytes} 字节，位置给出 {there} 字节',
  ],
  'bad-file.not-weights': [
    'not a file of weights that can be read: {detail}',
    '不是可读取的权重文件（{detail}）：请选择另一个。',
  ],
  'bad-file.cut': [
    'its numbers at {begin} to {end} lie outside of its {bytes} {bytes:byte|bytes}; it is cut off',
    '位于 {begin} 到 {end} 的数值超出了文件的 {bytes} 字节；文件不完整',
  ],
  'bad-file.pickle-global': [
    'it asks for {name} to be run, and nothing of a file is ever run here; where you trust it, load it in PyTorch and save its state_dict alone',
    '它要求运行 {name}，而这里从不运行文件中的任何内容；如果信任它，请在 PyTorch 中载入，只保存其 state_dict',
  ],
  'bad-file.pickle-wrong': [
    'its pickle takes at byte {at} what is not there; it is damaged',
    '它的 pickle 在第 {at} 字节取用了不存在的内容，文件已损坏',
  ],
  'bad-file.pickle-code': [
    'its pickle has the instruction {code} at byte {at}, which no checkpoint has',
    '它的 pickle 在第 {at} 字节有指令 {code}，检查点中不会有这种指令',
  ],
  'bad-file.pickle-cut': [
    'it ends in the middle of its pickle, after {bytes} {bytes:byte|bytes}',
    '它的 pickle 在 {bytes} 字节后中断',
  ],
  'bad-file.pickle-large': [
    'its pickle asks for more than any checkpoint of a ResNet ({most}); save the state_dict alone',
    '它的 pickle 超出任何 ResNet 检查点所需（{most}），请只保存 state_dict',
  ],
  'bad-file.packed': [
    'it is packed ({kind}): unpack it, and give the file of weights in it',
    '它是压缩包（{kind}）：请先解压，再给出其中的权重文件',
  ],
  'bad-file.web-page': [
    'it is a web page that was saved in its place: download the file itself',
    '它是被当作该文件保存的网页：请下载文件本身',
  ],
  'bad-file.pointer': [
    'it only points to a file that Git LFS keeps: fetch that with git lfs pull, or download it from its page',
    '它只是指向由 Git LFS 保存的文件：请用 git lfs pull 取得，或从其网页下载',
  ],
  'bad-file.zip': ['its zip archive is damaged ({part})', '它的 zip 压缩包已损坏（{part}）'],
  'bad-file.zip-sum': [
    '{part} in it is not what was written; fetch the file again',
    '其中的 {part} 与写入时不同，请重新下载',
  ],
  'bad-file.torch-part': [
    'it is no checkpoint of PyTorch, or a damaged one: it has no {part}',
    '它不是 PyTorch 检查点，或已损坏：其中没有 {part}',
  ],
  'bad-file.torch-tensor': [
    'a tensor in it lies outside of its numbers; it is damaged',
    '其中有张量超出了它的数值范围，文件已损坏',
  ],
  'bad-file.torch-order': [
    'its numbers were written on a machine of the other byte order; save it again on another',
    '其中的数值以另一种字节顺序写成，请在另一台机器上重新保存',
  ],
  'bad-file.onnx': [
    'there is no plain ResNet-18, 34 or 50 in this ONNX file; give the checkpoint of one, or use the file as it is (lookalike use) or as a teacher',
    '此 ONNX 文件中没有普通的 ResNet-18、34 或 50；请给出这类网络的检查点，或原样使用该文件（lookalike use），或将其用作教师',
  ],
  'bad-file.onnx-damaged': ['it is not a whole ONNX file; copy it again', '它不是完整的 ONNX 文件，请重新复制'],
  'bad-file.onnx-kind': [
    'its weights are not numbers of 16, 32 or 64 bits with a point, as of a quantised network; give the one that was quantised',
    '其中的权重不是 16、32 或 64 位浮点数（可能是量化后的网络）；请给出量化之前的文件',
  ],
  'bad-file.onnx-beside': [
    'its weights lie in a file beside it, {file}, which cannot be read; copy both',
    '其权重在旁边的文件 {file} 中，而该文件无法读取；请将两者一起复制',
  ],
  'write-failed': ['A file cannot be written: {message}.', '无法写入文件：{message}。'],
  'write-failed.path': ['cannot write {path}: {reason}', '无法写入 {path}：{reason}'],
  'write-failed.in-use': [
    'Lookalike of another home is writing into {folder}: wait until it is done, or choose a new folder',
    '另一个主文件夹的 Lookalike 正在写入 {folder}：请等它完成，或选择新文件夹。',
  ],
  'write-failed.full': [
    'the disk is full: free some space or choose another folder',
    '磁盘已满，请腾出空间或选择另一个文件夹。',
  ],
  'write-failed.quota': [
    'the disk quota is used up: free some space or choose another folder',
    '磁盘配额已用完，请腾出空间或选择另一个文件夹。',
  ],
  'write-failed.permission': [
    'no permission to write there: choose another folder',
    '没有写入权限，请选择另一个文件夹。',
  ],
  'write-failed.read-only': ['the disk is read-only: choose another folder', '磁盘只读，请选择另一个文件夹。'],
  'write-failed.no-folder': [
    'the folder does not exist: create it or choose another',
    '文件夹不存在，请新建或选择另一个。',
  ],
  'write-failed.parent': ['its parent is a file: choose another folder', '上一级是文件，请选择另一个文件夹。'],
  'write-failed.handles': [
    'too many files are open on this machine: close other programs, then try again',
    '这台机器打开的文件过多，请关闭其他程序后重试。',
  ],
  'write-failed.disk': [
    'the disk reported an error: check it, or choose another folder',
    '磁盘报错，请检查磁盘，或选择另一个文件夹。',
  ],
  'write-failed.long': [
    'its name is longer than the system allows: choose a shorter one',
    '名称超过系统允许的长度，请换短一些的。',
  ],
  'write-failed.size': [
    'the file system takes no file of that size: choose a folder on another disk',
    '文件系统不支持这么大的文件，请选择另一个磁盘上的文件夹。',
  ],
  'write-failed.share': [
    'the network share or disk is no longer there: connect it again, or choose another folder',
    '网络共享或磁盘已断开，请重新连接，或选择另一个文件夹。',
  ],
  'write-failed.name': [
    'the file system takes no such name: choose another one, or a folder on another disk',
    '文件系统不接受这个名称，请换一个，或选择另一个磁盘上的文件夹。',
  ],
  'write-failed.taken': ['something has that name already: choose another name', '已有同名内容，请换一个名称。'],
  'write-failed.busy': [
    'another program has it open: close that, then try again',
    '它正被另一个程序使用，请关闭该程序后重试。',
  ],
  'write-failed.loop': [
    'a symbolic link on the way leads back to itself: choose another folder',
    '途中有指回自身的符号链接，请选择另一个文件夹。',
  ],
  'write-failed.other': [
    'the system refused it ({errno}): choose another folder, or another disk',
    '系统拒绝了写入（{errno}），请选择另一个文件夹或磁盘。',
  ],
  'write-failed.is-folder': ['a folder has that name: choose another name', '已有同名文件夹，请换一个名称。'],
  'not-ours': [
    'Files that no export made are there: choose a new folder, or let them be replaced.',
    '那里有不是由导出写入的文件：请选择新文件夹，或允许替换它们。',
  ],
  'not-ours.folder': [
    '{folder} holds files that no export made: choose a new folder, or let those in the way be replaced (--replace)',
    '{folder} 中有不是由导出写入的文件：请选择新文件夹，或允许替换同名文件（--replace）。',
  ],
  'not-ours.file': [
    '{path} was not made by an export: choose a new folder, or let it be replaced (--replace)',
    '{path} 不是由导出写入的：请选择新文件夹，或允许替换它（--replace）。',
  ],
  'not-ours.changed': [
    '{path} has been changed since it was exported: choose a new folder, or let it be replaced (--replace)',
    '{path} 在导出后被修改过：请选择新文件夹，或允许替换它（--replace）。',
  ],
  'verify-failed': [
    'The file was written but reads back wrong: export again.',
    '文件已写入，但读回的内容不对：请重新导出。',
  ],
  'verify-failed.file': [
    '{file} was written, but reading it back gave {what}: export again, and check the disk if it repeats',
    '{file} 已写入，但读回的内容不对（{what}）：请重新导出；若再次出现，请检查磁盘。',
  ],

  'not-finite': [
    'An embedding holds NaN or infinity: choose an earlier checkpoint.',
    '嵌入中有 NaN 或无穷大：请选择更早的检查点。',
  ],
  'not-finite.row': [
    'vector {row} holds NaN or infinity: the checkpoint it was made with has diverged, choose an earlier one',
    '第 {row} 个向量含有 NaN 或无穷大：生成它的检查点已发散，请选择更早的一个。',
  ],
  closed: ['the index was closed: open it again', '索引已关闭：请重新打开。'],
  'not-finite.parameter': [
    'the parameter {name} of the checkpoint of epoch {epoch} holds NaN or infinity: choose an earlier checkpoint',
    '第 {epoch} 轮的检查点中，参数 {name} 含有 NaN 或无穷大：请选择更早的检查点。',
  ],
  'not-finite.output': [
    'the network gives NaN or infinity as its {name}, though its parameters are numbers: choose an earlier checkpoint, or the processor as the device',
    '网络的参数正常，但输出 {name} 含有 NaN 或无穷大：请选择更早的检查点，或用处理器计算。',
  ],
  'newer-record': [
    'This was written by a newer Lookalike: update Lookalike.',
    '这是更新版本的 Lookalike 写入的：请更新 Lookalike。',
  ],
  'newer-record.version': [
    'this was written by a newer Lookalike (record version {version}, this one knows {known}): update Lookalike',
    '这是更新版本的 Lookalike 写入的（记录版本 {version}，此版本认识到 {known}）：请更新 Lookalike。',
  ],
});
